#pragma once
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "contract/media_fixture.h"

namespace syncwatch {

/// What every implementation of VideoStore, UploadStore and ObjectLedger keeps.
template <class Made>
class MediaStoreContract : public MediaFixture<Made> {};

TYPED_TEST_SUITE_P(MediaStoreContract);

TYPED_TEST_P(MediaStoreContract, AnUploadAndItsVideoComeBackAsTheyWereAdded) {
    Video film = this->video(this->account());
    film.title = "A 'name' with\nnewlines \"and\" 🔥";
    Upload upload = this->upload(film);
    upload.room = RoomCode::parse("ABCDE-23456").value();
    ASSERT_TRUE(run_to_end(this->uploads().add_upload(upload, film, 1)));
    const Video video = this->found(film.id);
    EXPECT_EQ(video.owner, film.owner);
    EXPECT_EQ(video.title, film.title);
    EXPECT_EQ(video.status, VideoStatus::Uploading);
    EXPECT_EQ(video.created_at, film.created_at);
    EXPECT_EQ(video.size, 1000u);
    EXPECT_EQ(video.edition, 1);
    EXPECT_FALSE(video.error);
    EXPECT_FALSE(video.eta);
    EXPECT_FALSE(video.original_kept);
    const Upload found = run_to_end(this->uploads().find_upload(upload.id)).value();
    EXPECT_EQ(found.video, film.id);
    EXPECT_EQ(found.owner, film.owner);
    EXPECT_EQ(found.length, 1000u);
    EXPECT_EQ(found.metadata, upload.metadata);
    EXPECT_EQ(found.room, upload.room);
    EXPECT_EQ(found.expires_at, upload.expires_at);
    EXPECT_FALSE(found.completed);
    EXPECT_EQ(run_to_end(this->uploads().upload_of(film.id)).value()->id, upload.id);
}

TYPED_TEST_P(MediaStoreContract, WhatIsNotThereIsSaidToBeMissing) {
    const auto nothing = this->random_.template make_id<VideoId>(this->kNow);
    const auto no_upload = this->random_.template make_id<UploadId>(this->kNow);
    EXPECT_EQ(run_to_end(this->videos().find(nothing)).error().reason, "no_such_video");
    EXPECT_EQ(run_to_end(this->videos().rename(nothing, "x")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->videos().remove(nothing)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->videos().segments(nothing)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->jobs().cancel(nothing)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->uploads().find_upload(no_upload)).error().reason, "no_such_upload");
    EXPECT_EQ(run_to_end(this->uploads().remove_upload(no_upload)).error().code,
              ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->uploads().upload_of(nothing)).value(), std::nullopt);
    EXPECT_EQ(run_to_end(this->ledger().find_object("x")).value(), std::nullopt);
    EXPECT_EQ(run_to_end(this->jobs().claim("w", this->kNow, this->kMinute)).value(), std::nullopt);
}

TYPED_TEST_P(MediaStoreContract, ListsGiveTheNewestFirst) {
    const UserId ann = this->account();
    const UserId bob = this->account();
    const VideoId first = this->uploading(ann, this->kNow).video;
    const VideoId second = this->uploading(bob, this->kNow + this->kMinute).video;
    const VideoId third = this->uploading(ann, this->kNow + 2 * this->kMinute).video;
    const auto ids = [](const std::vector<Video>& videos) {
        std::vector<VideoId> out;
        for (const Video& each : videos) out.push_back(each.id);
        return out;
    };
    EXPECT_EQ(ids(run_to_end(this->videos().videos_of(ann, 10)).value()),
              (std::vector{third, first}));
    EXPECT_EQ(ids(run_to_end(this->videos().all_videos(10)).value()),
              (std::vector{third, second, first}));
    EXPECT_EQ(ids(run_to_end(this->videos().all_videos(1)).value()), std::vector{third});
}

TYPED_TEST_P(MediaStoreContract, OneOwnerHasSoManyUploadsAtOnceAndNoMore) {
    const UserId owner = this->account();
    const Upload first = this->uploading(owner);
    this->uploading(owner);
    this->uploading(owner);
    const Video film = this->video(owner);
    const auto over =
        run_to_end(this->uploads().add_upload(this->upload(film), film, this->kMostUploads));
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().reason, "too_many_uploads");
    EXPECT_FALSE(run_to_end(this->videos().find(film.id))) << "nothing of it is left behind";
    this->uploading(this->account());
    const auto job = this->random_.template make_id<JobId>(this->kNow);
    ASSERT_TRUE(
        run_to_end(this->uploads().complete_upload(first.id, 1000, std::nullopt, job, this->kNow)));
    this->uploading(owner);
}

TYPED_TEST_P(MediaStoreContract, ADeferredLengthIsSetOnce) {
    Video film = this->video(this->account());
    film.size = 0;
    Upload upload = this->upload(film);
    upload.length = std::nullopt;
    ASSERT_TRUE(run_to_end(this->uploads().add_upload(upload, film, 1)));
    EXPECT_EQ(run_to_end(this->uploads().find_upload(upload.id)).value().length, std::nullopt);
    EXPECT_EQ(run_to_end(this->uploads().set_length(upload.id, 500)).value().length, 500u);
    EXPECT_TRUE(run_to_end(this->uploads().set_length(upload.id, 500)));
    EXPECT_EQ(run_to_end(this->uploads().set_length(upload.id, 501)).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ(this->found(film.id).size, 500u);
}

TYPED_TEST_P(MediaStoreContract, ACompleteUploadMakesAJobOnce) {
    const Upload upload = this->uploading(this->account());
    Sha256Sum sum{};
    sum.fill(9);
    for (int again = 0; again < 2; ++again) {
        const auto job = this->random_.template make_id<JobId>(this->kNow);
        ASSERT_TRUE(
            run_to_end(this->uploads().complete_upload(upload.id, 1001, sum, job, this->kNow)));
    }
    const Video video = this->found(upload.video);
    EXPECT_EQ(video.status, VideoStatus::Probing);
    EXPECT_TRUE(video.original_kept);
    EXPECT_EQ(video.size, 1001u);
    const auto jobs = run_to_end(this->jobs().jobs()).value();
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_EQ(jobs[0].video, upload.video);
    EXPECT_EQ(jobs[0].attempts, 0);
    const auto source = run_to_end(this->ledger().find_object(source_key(upload.video))).value();
    ASSERT_TRUE(source);
    EXPECT_EQ(source->sha256, sum);
    EXPECT_EQ(source->size, 1001u);
    EXPECT_TRUE(run_to_end(this->uploads().find_upload(upload.id)).value().completed);
    EXPECT_TRUE(run_to_end(this->uploads().unfinished_uploads()).value().empty());
    EXPECT_TRUE(run_to_end(this->uploads().wants_original(upload.video)).value());
    ASSERT_TRUE(run_to_end(this->uploads().remove_upload(upload.id)));
    EXPECT_TRUE(run_to_end(this->uploads().wants_original(upload.video)).value())
        << "the film stays when its upload is forgotten";
    ASSERT_TRUE(run_to_end(this->videos().remove(upload.video)));
    EXPECT_FALSE(run_to_end(this->uploads().wants_original(upload.video)).value());
}

TYPED_TEST_P(MediaStoreContract, ARejectedUploadFailsItsVideoWithoutAJob) {
    const Upload upload = this->uploading(this->account());
    const VideoError empty{"empty", "The file is empty."};
    ASSERT_TRUE(run_to_end(this->uploads().reject_upload(upload.id, empty)));
    const Video video = this->found(upload.video);
    EXPECT_EQ(video.status, VideoStatus::Failed);
    EXPECT_EQ(video.error, empty);
    EXPECT_TRUE(run_to_end(this->jobs().jobs()).value().empty());
    EXPECT_TRUE(run_to_end(this->uploads().find_upload(upload.id)).value().completed);
}

TYPED_TEST_P(MediaStoreContract, ForgettingAnUploadTakesItsVideoOnlyWhileItIsNotComplete) {
    const UserId owner = this->account();
    const Upload abandoned = this->uploading(owner);
    EXPECT_EQ(run_to_end(this->uploads().remove_upload(abandoned.id)).value().video,
              abandoned.video);
    EXPECT_FALSE(run_to_end(this->videos().find(abandoned.video)));
    EXPECT_EQ(this->doomed(), std::vector{video_prefix(abandoned.video)});
    const VideoId kept = this->probing(owner);
    const UploadId done = run_to_end(this->uploads().upload_of(kept)).value()->id;
    EXPECT_TRUE(run_to_end(this->uploads().remove_upload(done)));
    EXPECT_EQ(this->found(kept).status, VideoStatus::Probing);
    EXPECT_FALSE(run_to_end(this->uploads().find_upload(done)));
}

TYPED_TEST_P(MediaStoreContract, UploadsExpireWhenTheirTimeHasCome) {
    const Upload early = this->uploading(this->account());
    const Upload late = this->uploading(this->account());
    const WallTime then = early.expires_at;
    ASSERT_TRUE(run_to_end(this->uploads().set_expiry(late.id, then + this->kMinute)));
    EXPECT_TRUE(run_to_end(this->uploads().expired_uploads(then - this->kMinute, 10))->empty());
    const auto expired = run_to_end(this->uploads().expired_uploads(then, 10)).value();
    ASSERT_EQ(expired.size(), 1u);
    EXPECT_EQ(expired[0].id, early.id);
    EXPECT_EQ(run_to_end(this->uploads().expired_uploads(then + this->kMinute, 10))->size(), 2u);
    EXPECT_EQ(run_to_end(this->uploads().unfinished_uploads())->size(), 2u);
}

TYPED_TEST_P(MediaStoreContract, RemovingAVideoTakesItsJobAndDoomsItsObjects) {
    const VideoId video = this->probing(this->account());
    const Job job = this->claimed();
    JobStep step;
    step.segments = {this->segment("v720", 0)};
    step.objects = {this->object(segment_key(video, 1, "v720", 0))};
    ASSERT_TRUE(this->advance(job, step));
    ASSERT_TRUE(run_to_end(this->videos().remove(video)));
    EXPECT_FALSE(run_to_end(this->videos().find(video)));
    EXPECT_TRUE(run_to_end(this->jobs().jobs()).value().empty());
    EXPECT_EQ(run_to_end(this->jobs().renew(job.lease(), this->kNow)).error().reason, "lease_lost");
    EXPECT_EQ(this->doomed(), std::vector{video_prefix(video)});
    EXPECT_EQ(run_to_end(this->ledger().objects_under(video_prefix(video)))->size(), 1u);
    ASSERT_TRUE(run_to_end(this->ledger().forget_doomed(video_prefix(video))));
    EXPECT_TRUE(this->doomed().empty());
    EXPECT_TRUE(run_to_end(this->ledger().objects_under(video_prefix(video)))->empty());
}

TYPED_TEST_P(MediaStoreContract, AVideoInTheTrashIsNoneAndComesBackAsItWas) {
    const UserId owner = this->account();
    const VideoId film = this->probing(owner);
    const Job job = this->claimed();
    JobStep step = this->planned();
    step.segments = {this->segment("v720", 0)};
    step.objects = {this->object(segment_key(film, 1, "v720", 0))};
    ASSERT_TRUE(this->advance(job, step));
    const UploadId upload = run_to_end(this->uploads().upload_of(film)).value()->id;
    const Video before = this->found(film);

    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(film, this->kNow)));
    EXPECT_EQ(run_to_end(this->videos().find(film)).error().reason, "no_such_video");
    EXPECT_EQ(run_to_end(this->videos().segments(film)).error().reason, "no_such_video");
    EXPECT_FALSE(run_to_end(this->videos().rename(film, "New")));
    EXPECT_FALSE(run_to_end(this->videos().drop_original(film)));
    EXPECT_FALSE(run_to_end(this->uploads().find_upload(upload)));
    EXPECT_TRUE(run_to_end(this->videos().videos_of(owner, 10)).value().empty());
    EXPECT_TRUE(run_to_end(this->videos().all_videos(10)).value().empty());
    EXPECT_TRUE(run_to_end(this->jobs().jobs()).value().empty());
    EXPECT_EQ(run_to_end(this->jobs().renew(job.lease(), this->kNow)).error().reason, "lease_lost");
    const auto later = this->kNow + std::chrono::hours(1);
    EXPECT_FALSE(run_to_end(this->jobs().claim("w", later, std::chrono::seconds(60))).value());
    EXPECT_EQ(run_to_end(this->videos().put_into_trash(film, later)).error().reason,
              "no_such_video");
    EXPECT_TRUE(this->doomed().empty());
    EXPECT_TRUE(run_to_end(this->uploads().wants_original(film)).value());
    EXPECT_EQ(run_to_end(this->videos().ids_in_trash(10)).value(), std::vector{film});

    for (int again = 0; again < 2; ++again) {
        const Video back = run_to_end(this->videos().undelete(film)).value();
        EXPECT_EQ(back.status, before.status);
        EXPECT_EQ(back.renditions, before.renditions);
        EXPECT_EQ(back.subtitles, before.subtitles);
        EXPECT_EQ(back.original_kept, before.original_kept);
    }
    EXPECT_TRUE(run_to_end(this->videos().ids_in_trash(10)).value().empty());
    EXPECT_EQ(run_to_end(this->videos().segments(film)).value().size(), 1u);
    const Job resumed = this->claimed(later);
    EXPECT_EQ(resumed.id, job.id);
    EXPECT_EQ(resumed.checkpoint, "the plan");
    EXPECT_EQ(resumed.attempts, 1);
}

TYPED_TEST_P(MediaStoreContract, TheTrashSaysWhatItHoldsAndIsEmptiedWhenTheTimeIsUp) {
    const auto first = this->probing(this->account());
    const auto second = this->probing(this->account());
    const auto stays = this->probing(this->account());
    ASSERT_TRUE(run_to_end(this->ledger().record(
        {this->object(source_key(first)), this->object(segment_key(second, 1, "v720", 0)),
         this->object(source_key(stays))},
        this->kNow)));
    EXPECT_EQ(run_to_end(this->videos().trash_figures()).value().videos, 0u);
    EXPECT_FALSE(run_to_end(this->videos().trash_figures()).value().oldest);
    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(first, this->kNow)));
    const auto then = this->kNow + this->kMinute;
    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(second, then)));
    const auto held = run_to_end(this->videos().trash(10)).value();
    ASSERT_EQ(held.size(), 2u);
    EXPECT_EQ(held[0].video.id, second);
    EXPECT_EQ(held[1].video.title, "Film");
    EXPECT_EQ(held[1].deleted_at, this->kNow);
    EXPECT_EQ(held[1].bytes, 100u);
    const auto figures = run_to_end(this->videos().trash_figures()).value();
    EXPECT_EQ(figures.videos, 2u);
    EXPECT_EQ(figures.bytes, 200u);
    EXPECT_EQ(figures.oldest, this->kNow);

    EXPECT_TRUE(run_to_end(this->videos().empty_trash(this->kNow, 10)).value().empty());
    EXPECT_EQ(run_to_end(this->videos().empty_trash(then, 10)).value(), std::vector{first});
    EXPECT_EQ(this->doomed(), std::vector{video_prefix(first)});
    EXPECT_EQ(run_to_end(this->videos().undelete(first)).error().reason, "no_such_video");
    ASSERT_TRUE(run_to_end(this->videos().remove(second))) << "for good, before its time";
    EXPECT_EQ(run_to_end(this->videos().trash_figures()).value().videos, 0u);
    EXPECT_TRUE(run_to_end(this->videos().find(stays)));
}

TYPED_TEST_P(MediaStoreContract, NothingOfAnUploadUnderWayGoesIntoTheTrash) {
    const Upload upload = this->uploading(this->account());
    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(upload.video, this->kNow)));
    EXPECT_TRUE(run_to_end(this->videos().ids_in_trash(10)).value().empty());
    EXPECT_EQ(this->doomed(), std::vector{video_prefix(upload.video)});
}

TYPED_TEST_P(MediaStoreContract, SubtitlesWaitInTheTrashAsWell) {
    const VideoId video = this->probing(this->account());
    SubtitleTrack track;
    track.id = "u1";
    track.source = SubtitleTrack::Source::Uploaded;
    const StoredBlob object = this->object(subtitle_key(video, 1, track));
    ASSERT_TRUE(run_to_end(this->videos().add_subtitle(video, track, object, 9, this->kNow)));
    const auto drop = [&] {
        return run_to_end(this->videos().put_subtitle_into_trash(video, "u1", this->kNow));
    };
    EXPECT_TRUE(drop().value().subtitles.empty());
    EXPECT_EQ(drop().error().code, ErrorCode::NotFound);
    EXPECT_TRUE(this->doomed().empty());
    EXPECT_TRUE(run_to_end(this->videos().empty_trash(this->kNow, 10)).value().empty());
    EXPECT_TRUE(this->doomed().empty());
    ASSERT_TRUE(run_to_end(this->videos().empty_trash(this->kNow + this->kMinute, 10)));
    EXPECT_EQ(this->doomed(), std::vector{object.key});
}

TYPED_TEST_P(MediaStoreContract, VideosOfDeletedAccountsAreFound) {
    const UserId ann = this->account();
    const UserId bob = this->account();
    this->uploading(ann);
    const VideoId left_behind = this->uploading(bob).video;
    EXPECT_TRUE(run_to_end(this->videos().ownerless_videos(10)).value().empty());
    this->made_.remove_account(bob);
    EXPECT_EQ(run_to_end(this->videos().ownerless_videos(10)).value(), std::vector{left_behind});
    const UserId cleo = this->account();
    const VideoId in_trash = this->probing(cleo);
    ASSERT_TRUE(run_to_end(this->videos().remove(left_behind)));
    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(in_trash, this->kNow)));
    this->made_.remove_account(cleo);
    EXPECT_EQ(run_to_end(this->videos().ownerless_videos(10)).value(), std::vector{in_trash});
}

TYPED_TEST_P(MediaStoreContract, TheOriginalGoesOnlyWhenNobodyNeedsIt) {
    const VideoId video = this->probing(this->account());
    EXPECT_EQ(run_to_end(this->videos().drop_original(video)).error().code, ErrorCode::Conflict);
    const Job job = this->claimed();
    ASSERT_TRUE(run_to_end(this->jobs().finish(job.lease(), this->planned(), this->kNow)));
    EXPECT_FALSE(run_to_end(this->videos().drop_original(video)).value().original_kept);
    EXPECT_EQ(this->doomed(), std::vector{source_prefix(video)});
    EXPECT_TRUE(run_to_end(this->videos().drop_original(video))) << "gone already";
}

TYPED_TEST_P(MediaStoreContract, OriginalsAreFoundByWhatIsStillToDoAboutThem) {
    const VideoId video = this->probing(this->account());
    this->uploading(this->account());
    EXPECT_EQ(run_to_end(this->videos().unmeasured_originals(10)).value(), std::vector{video});
    ASSERT_TRUE(run_to_end(this->ledger().record({this->object(source_key(video))}, this->kNow)));
    EXPECT_TRUE(run_to_end(this->videos().unmeasured_originals(10)).value().empty());
    EXPECT_TRUE(run_to_end(this->videos().ready_with_original(10)).value().empty());
    const Job job = this->claimed();
    ASSERT_TRUE(run_to_end(this->jobs().finish(job.lease(), this->planned(), this->kNow)));
    EXPECT_EQ(run_to_end(this->videos().ready_with_original(10)).value(), std::vector{video});
    ASSERT_TRUE(run_to_end(this->videos().drop_original(video)));
    EXPECT_TRUE(run_to_end(this->videos().ready_with_original(10)).value().empty());
}

TYPED_TEST_P(MediaStoreContract, SubtitlesAreAddedAndRemovedOneByOne) {
    const VideoId video = this->probing(this->account());
    SubtitleTrack track;
    track.id = "u1";
    track.language = "en";
    track.title = "Signs & songs";
    track.source = SubtitleTrack::Source::Uploaded;
    const StoredBlob object = this->object(subtitle_key(video, 1, track));
    const auto add = [&](const SubtitleTrack& which, std::size_t most) {
        return run_to_end(this->videos().add_subtitle(video, which, object, most, this->kNow));
    };
    EXPECT_EQ(add(track, 2).value().subtitles, std::vector{track});
    EXPECT_TRUE(run_to_end(this->ledger().find_object(object.key)).value());
    EXPECT_EQ(add(track, 2).error().code, ErrorCode::Conflict) << "the id is taken";
    SubtitleTrack other = track;
    other.id = "u2";
    EXPECT_EQ(add(other, 1).error().reason, "too_many_subtitles");
    ASSERT_TRUE(add(other, 2));
    const auto left = run_to_end(this->videos().remove_subtitle(video, "u1"));
    EXPECT_EQ(left.value().subtitles, std::vector{other});
    EXPECT_EQ(this->doomed(), std::vector{object.key});
    EXPECT_EQ(run_to_end(this->videos().remove_subtitle(video, "u1")).error().code,
              ErrorCode::NotFound);
}

TYPED_TEST_P(MediaStoreContract, TheLedgerKnowsAPrefixFromANameThatBeginsLikeIt) {
    std::vector<StoredBlob> objects = {this->object("a/1/x"), this->object("a/1/y"),
                                       this->object("a/10/x"), this->object("a/1"),
                                       this->object("a/1-")};
    ASSERT_TRUE(run_to_end(this->ledger().record(objects, this->kNow)));
    const auto under = run_to_end(this->ledger().objects_under("a/1")).value();
    ASSERT_EQ(under.size(), 2u);
    EXPECT_EQ(under[0].key, "a/1/x");
    EXPECT_EQ(under[1].key, "a/1/y");
    ASSERT_TRUE(run_to_end(this->ledger().record({this->object("a/1/x", 8)}, this->kNow)));
    EXPECT_EQ(run_to_end(this->ledger().find_object("a/1/x")).value()->sha256[0], 8);
    ASSERT_TRUE(run_to_end(this->ledger().forget_doomed("a/1")));
    EXPECT_FALSE(run_to_end(this->ledger().find_object("a/1")).value());
    EXPECT_FALSE(run_to_end(this->ledger().find_object("a/1/y")).value());
    EXPECT_TRUE(run_to_end(this->ledger().find_object("a/10/x")).value());
    EXPECT_TRUE(run_to_end(this->ledger().find_object("a/1-")).value());
}

TYPED_TEST_P(MediaStoreContract, WhatIsLeftBehindIsKnownUntilItIsGone) {
    ASSERT_TRUE(run_to_end(
        this->ledger().record({this->object("v/1/a"), this->object("v/2/a")}, this->kNow)));
    for (int again = 0; again < 2; ++again) {
        ASSERT_TRUE(run_to_end(this->ledger().leave_behind("v/1", this->kNow)));
    }
    EXPECT_FALSE(run_to_end(this->ledger().find_object("v/1/a")).value());
    EXPECT_TRUE(run_to_end(this->ledger().find_object("v/2/a")).value());
    const auto later = this->kNow + this->kMinute;
    ASSERT_TRUE(run_to_end(this->ledger().leave_behind("v/0", later)));
    const auto left = run_to_end(this->ledger().left_behind("", 10)).value();
    ASSERT_EQ(left.size(), 2u);
    EXPECT_EQ(left[0].key, "v/0");
    EXPECT_EQ(left[1].left_at, this->kNow);
    EXPECT_EQ(run_to_end(this->ledger().left_behind("v/0", 10)).value().size(), 1u);
    EXPECT_EQ(run_to_end(this->ledger().left_behind("", 1)).value().size(), 1u);
    ASSERT_TRUE(run_to_end(this->ledger().forget_left("v/0")));
    ASSERT_TRUE(run_to_end(this->ledger().forget_left("v/0")));
    EXPECT_EQ(run_to_end(this->ledger().left_behind("", 10)).value().size(), 1u);
}

TYPED_TEST_P(MediaStoreContract, ASegmentThatIsMadeAgainTakesTheOldOnesPlace) {
    const VideoId video = this->probing(this->account());
    const Job job = this->claimed();
    EXPECT_EQ(run_to_end(this->videos().plan(video)).value(), "");
    JobStep step = this->planned();
    step.checkpoint = "the plan";
    step.segments.push_back(this->segment("v720", 0));
    step.segments.push_back(this->segment("v720", 1));
    ASSERT_TRUE(this->advance(job, std::move(step)));
    EXPECT_EQ(run_to_end(this->videos().plan(video)).value(), "the plan");

    Segment again = this->segment("v720", 1);
    again.size = 999;
    again.init = 1;
    const StoredBlob object = this->object(segment_key(video, 1, "v720", 1), 9);
    const auto replace = [&](int edition, const Segment& segment) {
        return run_to_end(
            this->videos().replace_segment(video, edition, segment, {object}, this->kNow));
    };
    EXPECT_EQ(replace(2, again).error().code, ErrorCode::NotFound);
    Segment longer = again;
    longer.duration += std::chrono::microseconds(1);
    EXPECT_EQ(replace(1, longer).error().code, ErrorCode::NotFound) << "no neighbour moves";
    EXPECT_EQ(replace(1, this->segment("v720", 2)).error().code, ErrorCode::NotFound);
    EXPECT_FALSE(run_to_end(this->ledger().find_object(object.key)).value());
    ASSERT_TRUE(replace(1, again));
    EXPECT_EQ(run_to_end(this->videos().segments(video, 1)).value(), std::vector{again});
    EXPECT_EQ(run_to_end(this->ledger().find_object(object.key)).value()->sha256[0], 9);
}

TYPED_TEST_P(MediaStoreContract, ANewTitleShowsAtOnce) {
    const VideoId video = this->uploading(this->account()).video;
    EXPECT_EQ(run_to_end(this->videos().rename(video, "Other")).value().title, "Other");
    EXPECT_EQ(this->found(video).title, "Other");
}

REGISTER_TYPED_TEST_SUITE_P(
    MediaStoreContract, AnUploadAndItsVideoComeBackAsTheyWereAdded, WhatIsNotThereIsSaidToBeMissing,
    ListsGiveTheNewestFirst, OneOwnerHasSoManyUploadsAtOnceAndNoMore, ADeferredLengthIsSetOnce,
    ACompleteUploadMakesAJobOnce, ARejectedUploadFailsItsVideoWithoutAJob,
    ForgettingAnUploadTakesItsVideoOnlyWhileItIsNotComplete, UploadsExpireWhenTheirTimeHasCome,
    RemovingAVideoTakesItsJobAndDoomsItsObjects, AVideoInTheTrashIsNoneAndComesBackAsItWas,
    TheTrashSaysWhatItHoldsAndIsEmptiedWhenTheTimeIsUp, NothingOfAnUploadUnderWayGoesIntoTheTrash,
    SubtitlesWaitInTheTrashAsWell, VideosOfDeletedAccountsAreFound,
    TheOriginalGoesOnlyWhenNobodyNeedsIt, OriginalsAreFoundByWhatIsStillToDoAboutThem,
    SubtitlesAreAddedAndRemovedOneByOne, TheLedgerKnowsAPrefixFromANameThatBeginsLikeIt,
    WhatIsLeftBehindIsKnownUntilItIsGone, ASegmentThatIsMadeAgainTakesTheOldOnesPlace,
    ANewTitleShowsAtOnce);

}  // namespace syncwatch
