#include "services/transcoding/transcode_worker.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "domain/transcode/failure.h"
#include "harness/clips.h"
#include "harness/temp_folder.h"
#include "harness/transcode_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class TranscodeWorkerTest : public testing::Test {
protected:
    /// A film that takes two seconds at least, however fast the machine is.
    static VideoId upload_slowly(TranscodeWorld& world) {
        world.blobs->pause = 300ms;
        world.start();
        return world.upload(clip("film.mp4"));
    }

    TempFolder folder_;
};

TEST_F(TranscodeWorkerTest, AnUploadBecomesAFilmWithAllThatBelongsToIt) {
    TranscodeWorld world(folder_.path());
    world.start();
    const VideoId id = world.upload(clip("multi.mkv"));
    const Video film = world.settled(id);
    ASSERT_EQ(film.status, VideoStatus::Ready) << (film.error ? film.error->message : "");
    EXPECT_NEAR(film.duration.count(), 4.1, 0.1);
    EXPECT_EQ(film.playable_until, film.duration);
    EXPECT_EQ(film.width, 854);
    EXPECT_EQ(film.progress, 1);
    EXPECT_TRUE(film.has_poster);
    EXPECT_TRUE(film.has_sprite);
    ASSERT_EQ(film.renditions.size(), 2u);
    EXPECT_TRUE(film.renditions[0].remuxed);
    EXPECT_EQ(film.renditions[1].codecs, "avc1.64001e");
    ASSERT_EQ(film.audio_tracks.size(), 3u);
    EXPECT_EQ(film.audio_tracks[0].language, "en");
    EXPECT_EQ(film.audio_tracks[1].language, "de");
    EXPECT_TRUE(film.audio_tracks[1].is_default);
    EXPECT_EQ(film.audio_tracks[2].title, "Commentary");
    EXPECT_EQ(film.audio_tracks[2].codecs, "mp4a.40.2");
    ASSERT_EQ(film.subtitles.size(), 3u);
    EXPECT_EQ(film.subtitles[1].language, "de");
    EXPECT_NE(world.object(subtitle_key(id, 1, film.subtitles[1])).find("日本語 😀"),
              std::string::npos);
    EXPECT_EQ(world.object(picture_key(id, 1, "poster.jpg")).substr(0, 2), "\xff\xd8");
    EXPECT_NE(world.object(picture_key(id, 1, "sprite.vtt")).find("sprite-0.jpg#xywh=0,0,"),
              std::string::npos);
    EXPECT_TRUE(world.run_until([&] { return world.worker->status().finished == 1; }));

    // Every object is in the ledger, and the ledger has nothing else.
    std::vector<std::string> recorded;
    const auto ledger = run_to_end(world.store->objects_under(edition_prefix(id, 1))).value();
    for (const auto& each : ledger) {
        recorded.push_back(each.key);
        EXPECT_EQ(each.size, world.object(each.key).size()) << each.key;
    }
    EXPECT_EQ(recorded, world.keys(id));
}

/// Every frame of the film once and in order, in each of its rungs.
void expect_whole(TranscodeWorld& world, VideoId id, int frames) {
    for (const Rendition& rung : world.video(id).renditions) {
        const MadeStream made = world.stream(id, rung.stream);
        const auto seen = frames_in(made.bytes());
        ASSERT_EQ(seen.size(), static_cast<std::size_t>(frames)) << rung.stream;
        for (int i = 0; i < frames; ++i) {
            const SeenFrame& frame = seen[static_cast<std::size_t>(i)];
            ASSERT_EQ(frame.number, i) << rung.stream;
            ASSERT_NEAR(frame.at, i / 24.0, 0.0005) << rung.stream;
        }
    }
}

std::vector<double> whole_seconds(const MadeStream& sound) {
    std::vector<double> beeps = beeps_in(sound.bytes());
    for (double& each : beeps) each = std::round(each * 40) / 40;
    return beeps;
}

TEST_F(TranscodeWorkerTest, WhatIsNoFilmFailsWithTheReasonAndLeavesNothing) {
    TranscodeWorld world(folder_.path());
    world.start();
    const std::pair<const char*, const char*> rows[] = {{"text.mp4", "not_a_video"},
                                                        {"sound-only.m4a", "no_video"},
                                                        {"cut-half.mp4", "damaged"},
                                                        {"cut-half.mkv", "damaged"},
                                                        {"thirteen-hours.mp4", "too_long"}};
    for (const auto& [name, code] : rows) {
        const VideoId id = world.upload(clip(name));
        const Video film = world.settled(id);
        ASSERT_EQ(film.status, VideoStatus::Failed) << name;
        EXPECT_EQ(film.error->code, code) << name;
        EXPECT_EQ(film.error->message, words(*parse_media_failure(code)).message);
        EXPECT_FALSE(film.original_kept) << "it is of no use";
        const auto doomed = run_to_end(world.store->doomed(100)).value();
        EXPECT_NE(std::ranges::find(doomed, source_prefix(id)), doomed.end());
        for (const std::string& key : world.keys(id)) {
            EXPECT_TRUE(key.starts_with(edition_prefix(id, 1))) << key;
        }
    }
}

TEST_F(TranscodeWorkerTest, AFilmThatEndsALittleEarlyIsAsLongAsItIs) {
    TranscodeWorld world(folder_.path());
    world.start();
    const Video film = world.settled(world.upload(clip("cut-end.mp4")));
    ASSERT_EQ(film.status, VideoStatus::Ready);
    EXPECT_LT(film.duration.count(), 8);
    EXPECT_GT(film.duration.count(), 7.2);
    EXPECT_EQ(film.playable_until, film.duration);
}

TEST_F(TranscodeWorkerTest, AFilmIsWatchedWhileItIsMadeAndChangesAreToldTwiceASecondAtMost) {
    TranscodeWorld world(folder_.path());
    std::vector<Instant> told;
    const auto heard = world.bus.subscribe(topics::kVideoChanged, world.context.get_executor(),
                                           [&](const auto&) { told.push_back(world.clock.now()); });
    const VideoId id = upload_slowly(world);
    ASSERT_TRUE(world.played_until(id, 2));
    const Video half = world.video(id);
    EXPECT_EQ(half.status, VideoStatus::Transcoding);
    EXPECT_EQ(half.duration.count(), 8);
    EXPECT_EQ(half.renditions.size(), 2u);
    EXPECT_LT(half.playable_until.count(), 8);
    EXPECT_NEAR(half.progress, half.playable_until / half.duration, 0.01);
    EXPECT_EQ(world.settled(id).status, VideoStatus::Ready);
    expect_whole(world, id, 192);
    // The upload, the facts, the first pieces, then one every half second, the end.
    const auto spans = static_cast<std::size_t>((told.back() - told.front()) / 500ms);
    EXPECT_LE(told.size(), spans + 5);
}

TEST_F(TranscodeWorkerTest, AWorkerThatIsStoppedGivesTheJobBackAndTheNextGoesOn) {
    VideoId id;
    {
        TranscodeWorld world(folder_.path());
        id = upload_slowly(world);
        ASSERT_TRUE(world.played_until(id, 4));
        world.stop();
        const auto jobs = run_to_end(world.store->jobs()).value();
        ASSERT_EQ(jobs.size(), 1u);
        EXPECT_FALSE(jobs[0].leased_until) << "at once, not when the lease ends";
        EXPECT_LT(world.video(id).playable_until.count(), 8);
    }
    TranscodeWorker::Options other = TranscodeWorld::quick();
    other.name = "other";
    TranscodeWorld world(folder_.path(), other);
    const auto before = run_to_end(world.store->segments(id)).value();
    world.start();
    ASSERT_EQ(world.settled(id).status, VideoStatus::Ready);
    expect_whole(world, id, 192);
    EXPECT_EQ(whole_seconds(world.stream(id, "a0")), (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}));
    const auto after = run_to_end(world.store->segments(id)).value();
    for (const Segment& each : before) {
        EXPECT_NE(std::ranges::find(after, each), after.end()) << "made again";
    }
}

TEST_F(TranscodeWorkerTest, CancellingStopsTheEncoderAtOnce) {
    TranscodeWorld world(folder_.path());
    const VideoId id = upload_slowly(world);
    ASSERT_TRUE(world.played_until(id, 2));
    ASSERT_TRUE(run_to_end(world.store->cancel(id)));
    world.bus.publish(topics::kVideoChanged, id.text());
    EXPECT_TRUE(world.run_until([&] { return world.worker->status().running == 0; }, 3s));
    const Video film = world.video(id);
    EXPECT_EQ(film.status, VideoStatus::Failed);
    EXPECT_EQ(film.error->code, "cancelled");
    // Tried again, it is another edition, from the start.
    const WallTime now = world.clock.wall();
    ASSERT_TRUE(run_to_end(world.store->retry(id, world.random.make_id<JobId>(now), now)));
    world.bus.publish(topics::kVideoChanged, id.text());
    ASSERT_TRUE(world.played_until(id, 2));
    EXPECT_EQ(world.video(id).edition, 2);
}

TEST_F(TranscodeWorkerTest, AJobThatSomebodyElseTookIsLetGoWithoutHarm) {
    TranscodeWorld world(folder_.path());
    const VideoId id = upload_slowly(world);
    ASSERT_TRUE(world.played_until(id, 2));
    ASSERT_TRUE(run_to_end(world.store->reclaim("worker")));
    const auto thief = run_to_end(world.store->claim("thief", world.clock.wall(), 60s)).value();
    ASSERT_TRUE(thief);
    EXPECT_TRUE(world.run_until([&] { return world.worker->status().running == 0; }, 20s));
    const auto segments = run_to_end(world.store->segments(id)).value();
    for (const Segment& each : segments) {
        EXPECT_EQ(world.object(segment_key(id, 1, each.stream, each.number)).size(), each.size);
    }
    // The worker takes it up again when the thief is gone.
    ASSERT_TRUE(run_to_end(world.store->release(thief->lease(), WallTime())));
    ASSERT_EQ(world.settled(id).status, VideoStatus::Ready);
    expect_whole(world, id, 192);
}

TEST_F(TranscodeWorkerTest, TwoWorkersShareTheJobsAndEachIsDoneOnce) {
    TranscodeWorker::Options first = TranscodeWorld::quick();
    TranscodeWorker::Options second = TranscodeWorld::quick();
    second.name = "second";
    TranscodeWorld one(folder_.path(), first);
    TranscodeWorld two(folder_.path(), second);
    std::vector<VideoId> ids;
    for (const char* name : {"silent.mp4", "upright.mkv", "old.avi", "anamorphic.mp4"}) {
        ids.push_back(one.upload(clip(name)));
    }
    one.start();
    two.start();
    const auto all_ready = [&] {
        two.context.restart();
        two.context.run_for(20ms);
        return std::ranges::all_of(
            ids, [&](VideoId id) { return one.video(id).status == VideoStatus::Ready; });
    };
    EXPECT_TRUE(one.run_until(all_ready));
    EXPECT_TRUE(one.run_until([&] {
        two.context.restart();
        two.context.run_for(20ms);
        return one.worker->status().finished + two.worker->status().finished == 4;
    }));
    EXPECT_GT(one.worker->status().finished, 0);
    EXPECT_GT(two.worker->status().finished, 0);
    one.stop();
    two.stop();
}

/// As quick(), with films of half seconds in parts of two seconds.
TranscodeWorker::Options in_small_parts() {
    TranscodeWorker::Options made = TranscodeWorld::quick();
    made.job.plan.preset = "ultrafast";
    made.job.plan.segment_seconds = 0.5;
    made.job.parts.length = 2s;
    made.job.parts.look_every = 50ms;
    return made;
}

TEST_F(TranscodeWorkerTest, AWorkerWithoutAFilmHelpsAnotherAndNoSeamIsLeft) {
    TranscodeWorker::Options second = in_small_parts();
    second.name = "second";
    TranscodeWorld one(folder_.path(), in_small_parts());
    TranscodeWorld two(folder_.path(), second, "ffmpeg", &one);
    // Ready before there is anything to help with.
    ASSERT_TRUE(run_to_end(two.transcoder->prepare()));
    const VideoId id = upload_slowly(one);
    ASSERT_TRUE(one.run_until([&] { return one.worker->status().running == 1; }));
    two.start();
    double before = 0;
    EXPECT_TRUE(one.run_until([&] {
        two.context.restart();
        two.context.run_for(20ms);
        const Video film = one.video(id);
        EXPECT_GE(film.playable_until.count(), before);
        before = film.playable_until.count();
        return film.status == VideoStatus::Ready;
    }));
    EXPECT_GT(two.worker->status().parts, 0);
    EXPECT_EQ(two.worker->status().finished, 0);
    two.stop();
    expect_whole(one, id, 192);
    EXPECT_EQ(whole_seconds(one.stream(id, "a0")), (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(TranscodeWorkerTest, WhatAHelperLeavesBehindIsMadeByWhoeverHasTheFilm) {
    TranscodeWorld world(folder_.path(), in_small_parts());
    const VideoId id = upload_slowly(world);
    std::optional<PartJob> ghost;
    ASSERT_TRUE(world.run_until([&] {
        ghost = run_to_end(world.store->claim_part("ghost", world.clock.wall(), 2s, 2)).value();
        return ghost.has_value();
    }));
    ASSERT_EQ(world.settled(id).status, VideoStatus::Ready);
    EXPECT_EQ(run_to_end(world.store->renew_part(ghost->lease, world.clock.wall())).error().reason,
              "lease_lost");
    expect_whole(world, id, 192);
}

TEST_F(TranscodeWorkerTest, AFullDiskIsWaitedForAndThenTheFilmGoesOn) {
    TranscodeWorld world(folder_.path());
    const VideoId id = upload_slowly(world);
    ASSERT_TRUE(world.played_until(id, 2));
    world.blobs->full = true;
    ASSERT_TRUE(world.run_until([&] { return world.blobs->refused > 0; }));
    EXPECT_EQ(world.video(id).status, VideoStatus::Transcoding);
    world.blobs->full = false;
    ASSERT_EQ(world.settled(id).status, VideoStatus::Ready);
    expect_whole(world, id, 192);
}

TEST_F(TranscodeWorkerTest, ADiskThatStaysFullPutsTheJobOffAndItGoesOnWhenThereIsRoom) {
    TranscodeWorker::Options options = TranscodeWorld::quick();
    options.job.recorder.patience = 0s;
    options.job.recorder.keep_free = 1;
    options.job.patience.resource_wait = 1s;
    TranscodeWorld world(folder_.path(), options);
    const VideoId id = upload_slowly(world);
    ASSERT_TRUE(world.played_until(id, 2));
    world.blobs->full = true;
    ASSERT_TRUE(world.run_until([&] { return world.worker->status().running == 0; }));
    // However often it is looked at meanwhile, that is no failed attempt.
    const Instant later = world.clock.now() + 3s;
    world.run_until([&] { return world.clock.now() > later; });
    EXPECT_EQ(world.video(id).status, VideoStatus::Transcoding);
    EXPECT_LE(run_to_end(world.store->jobs()).value().at(0).attempts, 2);
    world.blobs->full = false;
    ASSERT_EQ(world.settled(id).status, VideoStatus::Ready);
    expect_whole(world, id, 192);
}

TEST_F(TranscodeWorkerTest, WithoutFfmpegJobsWaitAndTheReasonIsSaid) {
    TranscodeWorld world(folder_.path(), TranscodeWorld::quick(), "no-such-ffmpeg");
    world.start();
    const VideoId id = world.upload(clip("silent.mp4"));
    EXPECT_TRUE(world.run_until([&] { return !world.worker->status().problem.empty(); }));
    EXPECT_NE(world.worker->status().problem.find("not installed"), std::string::npos);
    EXPECT_EQ(world.video(id).status, VideoStatus::Probing);
    EXPECT_EQ(run_to_end(world.store->jobs()).value().at(0).attempts, 0);
}

TEST_F(TranscodeWorkerTest, SoundThatBeginsAfterAWhileIsWaitedFor) {
    TranscodeWorld world(folder_.path());
    world.start();
    const VideoId id = world.upload(clip("late-sound.mkv"));
    const Video film = world.settled(id);
    ASSERT_EQ(film.status, VideoStatus::Ready) << (film.error ? film.error->message : "");
    EXPECT_EQ(film.audio_tracks.size(), 1u);
    EXPECT_EQ(whole_seconds(world.stream(id, "a0")), (std::vector<double>{10, 11}));
}

TEST_F(TranscodeWorkerTest, AFilmThatKillsTheServerEachTimeIsGivenUp) {
    TranscodeWorld world(folder_.path());
    const VideoId id = world.upload(clip("silent.mp4"));
    const int most = TranscodeWorld::quick().job.patience.most_attempts;
    for (int i = 0; i < most; ++i) {
        ASSERT_TRUE(run_to_end(world.store->claim("worker", world.clock.wall(), 60s)).value());
        ASSERT_TRUE(run_to_end(world.store->reclaim("worker")));
    }
    world.start();
    const Video film = world.settled(id);
    ASSERT_EQ(film.status, VideoStatus::Failed);
    EXPECT_EQ(film.error->code, "transcode_failed");
    EXPECT_TRUE(film.original_kept) << "somebody may try again";
}

TEST_F(TranscodeWorkerTest, WithoutItsOriginalThereIsNoFilm) {
    TranscodeWorld world(folder_.path());
    const VideoId id = world.upload(clip("silent.mp4"));
    ASSERT_TRUE(run_to_end(world.blobs->remove(source_key(id))));
    world.start();
    EXPECT_EQ(world.settled(id).error->code, "original_missing");
}

}  // namespace
}  // namespace syncwatch
