#include "services/media/video_library.h"

#include <functional>

#include <gtest/gtest.h>

#include "adapters/system/system_clock.h"
#include "base/async/task_group.h"
#include "domain/media/media_keys.h"
#include "harness/media_world.h"
#include "ports/topics.h"
#include "services/media/media_upkeep.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSrt = "1\n00:00:01,000 --> 00:00:02,000\nHello\n";

class VideoLibraryTest : public testing::Test {
protected:
    VideoLibrary& library() { return *world_.library; }
    std::vector<std::string> objects(VideoId id) {
        return run_to_end(world_.blobs->list(video_prefix(id))).value();
    }
    Result<VideoView> add_subtitles(VideoId id, std::string bytes, std::string language = "en",
                                    std::string title = "", std::string filename = "") {
        VideoLibrary::NewSubtitles wanted{language, title, filename, std::move(bytes)};
        return run_to_end(library().add_subtitles(ann_, id, std::move(wanted)));
    }
    Result<> remove(const Principal& who, VideoId id) {
        return run_to_end(library().remove(who, id, "192.0.2.1"));
    }

    void keep_deleted(std::chrono::seconds span) {
        world_.library_options.keep_deleted = span;
        world_.restart_media();
    }
    /// What it does with what was deleted.
    Result<> upkeep() {
        SW_CHECK(run_to_end(library().empty_trash()));
        return run_to_end(library().remove_doomed());
    }

    MediaWorld world_;
    const Principal admin_ = world_.account("root");
    const Principal ann_ = world_.account("ann");
    const Principal bob_ = world_.account("bob");
};

TEST_F(VideoLibraryTest, AVideoIsItsOwnersAndTheAdmins) {
    const VideoId film = world_.film(ann_);
    const VideoId other = world_.film(bob_);
    EXPECT_EQ(run_to_end(library().list(ann_, VideoLibrary::Whose::Mine))->size(), 1u);
    EXPECT_EQ(run_to_end(library().list(ann_, VideoLibrary::Whose::Everybodys)).error().code,
              ErrorCode::Forbidden);
    EXPECT_EQ(run_to_end(library().list(admin_, VideoLibrary::Whose::Everybodys))->size(), 2u);
    EXPECT_TRUE(run_to_end(library().get(ann_, film)));
    EXPECT_TRUE(run_to_end(library().get(admin_, film)));
    EXPECT_EQ(run_to_end(library().get(ann_, other)).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(run_to_end(library().rename(ann_, other, "Mine")).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(remove(ann_, other).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(run_to_end(library().cancel(ann_, other)).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(run_to_end(library().retry(ann_, other)).error().code, ErrorCode::Forbidden);
    EXPECT_TRUE(run_to_end(library().check_may_queue(ann_, film)));
    EXPECT_TRUE(run_to_end(library().check_may_queue(admin_, film)));
    EXPECT_EQ(run_to_end(library().check_may_queue(bob_, film)).error().code, ErrorCode::Forbidden);
    const auto nobodys = world_.random.make_id<VideoId>(world_.clock.wall());
    EXPECT_EQ(run_to_end(library().check_may_queue(bob_, nobodys)).error().code,
              ErrorCode::NotFound);
}

TEST_F(VideoLibraryTest, AnUploadShowsHowFarItIs) {
    const auto made = world_.upload(ann_, 10).value();
    ASSERT_TRUE(world_.receive(ann_, made.upload.id, 0, "0123"));
    const VideoView view = run_to_end(library().get(ann_, made.upload.video)).value();
    ASSERT_TRUE(view.upload);
    EXPECT_EQ(view.upload->offset, 4u);
    EXPECT_EQ(view.upload->upload.id, made.upload.id);
    EXPECT_DOUBLE_EQ(view.progress().value(), 0.4);
    ASSERT_TRUE(world_.receive(ann_, made.upload.id, 4, "456789"));
    const VideoView done = run_to_end(library().get(ann_, made.upload.video)).value();
    EXPECT_FALSE(done.upload);
    EXPECT_EQ(done.progress(), std::nullopt);
}

TEST_F(VideoLibraryTest, ATitleIsChangedForEverybodyOrRefused) {
    const VideoId film = world_.film(ann_);
    const auto heard = world_.listen(topics::kVideoChanged);
    EXPECT_EQ(run_to_end(library().rename(ann_, film, " New ")).value().video.title, "New");
    EXPECT_EQ(run_to_end(library().rename(ann_, film, "a\nb")).error().fields.at(0).field, "title");
    world_.deliver();
    EXPECT_EQ(heard->payloads, std::vector{film.text()});
}

TEST_F(VideoLibraryTest, ADeletedVideoLeavesNothing) {
    const VideoId film = world_.film(ann_);
    world_.transcode(film);
    ASSERT_TRUE(add_subtitles(film, kSrt));
    EXPECT_GT(objects(film).size(), 10u);
    ASSERT_TRUE(remove(ann_, film));
    EXPECT_TRUE(objects(film).empty());
    EXPECT_TRUE(run_to_end(world_.media.objects_under(video_prefix(film)))->empty());
    EXPECT_TRUE(run_to_end(world_.media.doomed(10))->empty());
    EXPECT_EQ(remove(ann_, film).error().code, ErrorCode::NotFound);
    EXPECT_EQ(world_.audited().back(), "video.deleted " + film.text());
}

TEST_F(VideoLibraryTest, WhatIsDeletedIsKeptForAWhile) {
    keep_deleted(24h);
    const VideoId film = world_.film(ann_);
    world_.transcode(film);
    const auto track = add_subtitles(film, kSrt).value().video.subtitles.at(0);
    const auto before = objects(film);
    ASSERT_TRUE(run_to_end(library().remove_subtitles(ann_, film, track.id)));
    ASSERT_TRUE(remove(ann_, film));
    EXPECT_EQ(run_to_end(library().get(ann_, film)).error().reason, "no_such_video");
    EXPECT_EQ(remove(ann_, film).error().reason, "no_such_video");
    EXPECT_TRUE(run_to_end(library().list(ann_, VideoLibrary::Whose::Mine)).value().empty());
    EXPECT_TRUE(run_to_end(library().find({film})).value().empty()) << "rooms see nothing of it";
    world_.clock.advance(24h);
    ASSERT_TRUE(upkeep());
    EXPECT_EQ(objects(film), before) << "a database of a moment ago finds all of it";
    world_.clock.advance(1s);
    ASSERT_TRUE(upkeep());
    EXPECT_TRUE(objects(film).empty());
    EXPECT_TRUE(run_to_end(world_.media.objects_under(video_prefix(film)))->empty());
}

TEST_F(VideoLibraryTest, TheTrashOfADeletedAccountGoesAtOnce) {
    keep_deleted(24h);
    const VideoId film = world_.film(ann_);
    const VideoId in_trash = world_.film(ann_);
    ASSERT_TRUE(remove(ann_, in_trash));
    ASSERT_TRUE(run_to_end(world_.service->remove(ann_, "192.0.2.1")));
    ASSERT_TRUE(run_to_end(library().remove_ownerless()));
    EXPECT_TRUE(objects(film).empty());
    EXPECT_TRUE(objects(in_trash).empty());
    EXPECT_TRUE(run_to_end(world_.media.ids_in_trash(10)).value().empty());
}

TEST_F(VideoLibraryTest, AServerThatIsKilledBetweenAnyTwoStepsOfAnEndGoesOn) {
    // A film's way out: into the trash, out of the database, out of the store, out of the ledger.
    using Step = std::function<void(VideoId)>;
    const WallTime then = world_.clock.wall() - 48h;
    const std::vector<Step> steps{
        [&](VideoId id) { ASSERT_TRUE(run_to_end(world_.media.put_into_trash(id, then))); },
        [&](VideoId) { ASSERT_TRUE(run_to_end(world_.media.empty_trash(then + 1s, 10))); },
        [&](VideoId id) { ASSERT_TRUE(run_to_end(world_.blobs->remove_all(video_prefix(id)))); },
        [&](VideoId id) { ASSERT_TRUE(run_to_end(world_.blobs->remove(video_prefix(id)))); },
        [&](VideoId id) { ASSERT_TRUE(run_to_end(world_.media.forget_doomed(video_prefix(id)))); },
    };
    for (std::size_t done = 1; done <= steps.size(); ++done) {
        keep_deleted(24h);
        const VideoId film = world_.film(ann_);
        world_.transcode(film);
        const VideoId other = world_.film(bob_);
        const auto whole = objects(film);
        for (std::size_t i = 0; i < done; ++i) steps[i](film);
        world_.restart_media();
        EXPECT_FALSE(run_to_end(library().get(ann_, film)));
        const bool comes_back = run_to_end(world_.media.undelete(film)).has_value();
        EXPECT_EQ(comes_back, done == 1) << done;
        if (comes_back) {
            EXPECT_EQ(objects(film), whole) << "whole, or not at all";
        }
        if (comes_back) steps[0](film);
        ASSERT_TRUE(upkeep());
        EXPECT_TRUE(objects(film).empty()) << done;
        EXPECT_TRUE(run_to_end(world_.media.objects_under(video_prefix(film)))->empty()) << done;
        EXPECT_TRUE(run_to_end(world_.media.doomed(10))->empty()) << done;
        EXPECT_EQ(objects(other).size(), 1u);
        ASSERT_TRUE(run_to_end(world_.media.remove(other)));
    }
}

TEST_F(VideoLibraryTest, DeletingAVideoEndsItsUpload) {
    const auto made = world_.upload(ann_, 10).value();
    ASSERT_TRUE(world_.receive(ann_, made.upload.id, 0, "0123"));
    ASSERT_TRUE(remove(ann_, made.upload.video));
    EXPECT_EQ(world_.receive(ann_, made.upload.id, 4, "4").error().reason, "no_such_upload");
    EXPECT_TRUE(run_to_end(world_.files->list())->empty());
}

TEST_F(VideoLibraryTest, WhatACrashLeftOfADeletionGoesLater) {
    const VideoId film = world_.film(ann_);
    const VideoId kept = world_.film(ann_);
    ASSERT_TRUE(run_to_end(world_.media.remove(film)));  // and then the server was killed
    EXPECT_EQ(objects(film).size(), 1u);
    world_.restart_media();
    ASSERT_TRUE(run_to_end(library().remove_doomed()));
    EXPECT_TRUE(objects(film).empty());
    EXPECT_EQ(objects(kept).size(), 1u);
}

TEST_F(VideoLibraryTest, TheVideosOfADeletedAccountGo) {
    const VideoId film = world_.film(ann_);
    const VideoId uploading = world_.upload(ann_, 10).value().upload.video;
    const VideoId others = world_.film(bob_);
    ASSERT_TRUE(run_to_end(world_.service->remove(ann_, "192.0.2.1")));
    ASSERT_TRUE(run_to_end(library().remove_ownerless()));
    EXPECT_FALSE(run_to_end(world_.media.find(film)));
    EXPECT_FALSE(run_to_end(world_.media.find(uploading)));
    EXPECT_TRUE(run_to_end(world_.media.find(others)));
    EXPECT_TRUE(objects(film).empty());
    EXPECT_TRUE(run_to_end(world_.files->list())->empty());
}

TEST_F(VideoLibraryTest, ACancelledFilmMayBeTriedAgain) {
    const VideoId film = world_.film(ann_);
    EXPECT_EQ(run_to_end(library().cancel(ann_, film)).value().video.error->code, "cancelled");
    EXPECT_EQ(run_to_end(library().cancel(ann_, film)).error().reason, "nothing_to_cancel");
    EXPECT_EQ(run_to_end(library().retry(ann_, film)).value().video.status, VideoStatus::Probing);
    EXPECT_EQ(run_to_end(library().retry(ann_, film)).error().reason, "not_failed");
    EXPECT_EQ(run_to_end(world_.media.jobs())->size(), 1u);
}

TEST_F(VideoLibraryTest, SubtitlesBecomeWebVttAndLieBesideTheFilm) {
    const VideoId film = world_.film(ann_);
    const auto added = add_subtitles(film, kSrt, "en", "", "Film.en.srt").value();
    ASSERT_EQ(added.video.subtitles.size(), 1u);
    const SubtitleTrack track = added.video.subtitles[0];
    EXPECT_EQ(track.language, "en");
    EXPECT_EQ(track.title, "Film.en");
    EXPECT_EQ(track.source, SubtitleTrack::Source::Uploaded);
    EXPECT_EQ(world_.object(subtitle_key(film, 1, track)),
              "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n");
    EXPECT_EQ(subtitle_path(added.link, track),
              added.link.base + "/subtitles/" + track.id + ".vtt");
    EXPECT_TRUE(
        run_to_end(library().remove_subtitles(ann_, film, track.id))->video.subtitles.empty());
    ASSERT_TRUE(run_to_end(library().remove_doomed()));
    EXPECT_EQ(objects(film), std::vector{source_key(film)});
    EXPECT_EQ(run_to_end(library().remove_subtitles(ann_, film, "x")).error().code,
              ErrorCode::NotFound);
}

TEST_F(VideoLibraryTest, WrongSubtitlesAreRefusedAndLeaveNothing) {
    const VideoId film = world_.film(ann_);
    EXPECT_EQ(add_subtitles(film, "no subtitles").error().reason, "bad_subtitles");
    for (const char* language : {"e", "english language", "x_y", "12", "en-", "-en", "en--us",
                                 "abcd", "en-morethaneight"}) {
        EXPECT_EQ(add_subtitles(film, kSrt, language).error().fields.at(0).field, "language")
            << language;
    }
    for (const char* language : {"", "en", "pt-BR", "zh-Hant-TW", "deu"}) {
        EXPECT_TRUE(add_subtitles(film, kSrt, language)) << language;
    }
    EXPECT_EQ(add_subtitles(film, kSrt, "en", "a\nb").error().fields.at(0).field, "title");
    world_.library_options.most_subtitles = 5;
    world_.restart_media();
    EXPECT_EQ(add_subtitles(film, kSrt).error().reason, "too_many_subtitles");
    EXPECT_EQ(objects(film).size(), 6u);
}

TEST_F(VideoLibraryTest, ARoomSeesAFilmAndWhereItsMembersGetIt) {
    const VideoId uploading = world_.upload(ann_, 10).value().upload.video;
    const VideoId film = world_.film(ann_, "film", "The Film.mkv");
    world_.transcode(film);
    const auto nobodys = world_.random.make_id<VideoId>(world_.clock.wall());
    const auto films = run_to_end(library().find({film, nobodys, uploading})).value();
    ASSERT_EQ(films.size(), 2u);
    const std::string base = world_.links.sign(film, world_.clock.wall()).base;
    EXPECT_EQ(films[0].title, "The Film");
    EXPECT_EQ(films[0].duration, 10.0);
    EXPECT_EQ(films[0].playable_until, 10.0);
    EXPECT_EQ(films[0].status, VideoStatus::Ready);
    EXPECT_EQ(films[0].master, base + "/master.m3u8");
    EXPECT_EQ(films[0].poster, base + "/poster.jpg");
    EXPECT_EQ(films[0].door_poster,
              world_.links.sign(film, world_.clock.wall(), MediaLinks::Opens::Poster).base +
                  "/poster.jpg");
    EXPECT_EQ(films[0].sprite, base + "/sprite.vtt");
    EXPECT_GT(films[0].paths_until - world_.clock.wall(), 71h);
    EXPECT_EQ(films[1].status, VideoStatus::Uploading);
    EXPECT_EQ(films[1].progress, 0.0);
    EXPECT_EQ(films[1].master, "");
    EXPECT_EQ(films[1].duration, std::nullopt);
}

TEST_F(VideoLibraryTest, OriginalsAreMeasuredWhenNobodyHadTheTimeAndGoIfTheOperatorSaysSo) {
    const VideoId film = world_.film(ann_);
    ASSERT_TRUE(run_to_end(world_.media.forget_doomed(source_key(film))));
    ASSERT_TRUE(run_to_end(library().settle_originals()));
    EXPECT_EQ(run_to_end(world_.media.find_object(source_key(film))).value()->sha256,
              sha256(as_bytes("film")));
    world_.transcode(film);
    ASSERT_TRUE(run_to_end(library().settle_originals()));
    EXPECT_TRUE(world_.video(film).original_kept);
    world_.library_options.keep_originals = false;
    world_.restart_media();
    ASSERT_TRUE(run_to_end(library().settle_originals()));
    ASSERT_TRUE(run_to_end(library().remove_doomed()));
    EXPECT_FALSE(world_.video(film).original_kept);
    EXPECT_EQ(world_.object(source_key(film)).substr(0, 3), "no:");
    EXPECT_EQ(world_.video(film).status, VideoStatus::Ready);
}

TEST_F(VideoLibraryTest, AnOriginalThatWasLostIsNotSaidToBeKept) {
    const VideoId film = world_.film(ann_);
    world_.transcode(film);
    ASSERT_TRUE(run_to_end(world_.media.forget_doomed(source_key(film))));
    ASSERT_TRUE(run_to_end(world_.blobs->remove(source_key(film))));
    ASSERT_TRUE(run_to_end(library().settle_originals()));
    EXPECT_FALSE(world_.video(film).original_kept);
    EXPECT_EQ(world_.video(film).status, VideoStatus::Ready);
}

TEST_F(VideoLibraryTest, TheUpkeepDoesAllOfItByItself) {
    const VideoId gone = world_.film(bob_);
    const VideoId abandoned = world_.upload(ann_, 10).value().upload.video;
    ASSERT_TRUE(run_to_end(world_.service->remove(bob_, "")));
    world_.clock.advance(25h);
    SystemClock clock;
    auto executor = world_.context.get_executor();
    DeletedFilms deleted(world_.media, world_.bus, executor);
    const VideoId in_trash = world_.film(ann_);
    ASSERT_TRUE(run_to_end(world_.media.put_into_trash(in_trash, world_.clock.wall() - 1h)));
    MediaUpkeep upkeep(library(), *world_.uploads, deleted, world_.bus, clock, executor);
    TaskGroup tasks(executor, [](const auto&, const auto& what) { ADD_FAILURE() << what; });
    const auto run_until = [&](auto condition) {
        for (int i = 0; i < 1000 && !condition(); ++i) {
            world_.context.restart();
            world_.context.run_for(10ms);
        }
        EXPECT_TRUE(condition());
    };
    tasks.spawn("upkeep", upkeep.run());
    const auto done = [&] {
        return !run_to_end(world_.media.find(gone)) && !run_to_end(world_.media.find(abandoned)) &&
               objects(gone).empty();
    };
    run_until(done);
    run_until([&] { return !deleted.is_stale() && !deleted.has(in_trash); });
    tasks.cancel();
    run_until([&] { return tasks.size() == 0; });
}

}  // namespace
}  // namespace syncwatch
