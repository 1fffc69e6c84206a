#pragma once
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "contract/media_fixture.h"

namespace syncwatch {

/// What every implementation of VideoStore keeps, but for its trash.
template <class Made>
class VideoStoreContract : public MediaFixture<Made> {};

TYPED_TEST_SUITE_P(VideoStoreContract);

TYPED_TEST_P(VideoStoreContract, WhatIsNotThereIsSaidToBeMissing) {
    const auto nothing = this->random_.template make_id<VideoId>(this->kNow);
    EXPECT_EQ(run_to_end(this->videos().find(nothing)).error().reason, "no_such_video");
    EXPECT_EQ(run_to_end(this->videos().rename(nothing, "x")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->videos().remove(nothing)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->videos().segments(nothing)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->jobs().cancel(nothing)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->jobs().claim("w", this->kNow, this->kMinute)).value(), std::nullopt);
}

TYPED_TEST_P(VideoStoreContract, ListsGiveTheNewestFirst) {
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

TYPED_TEST_P(VideoStoreContract, RemovingAVideoTakesItsJobAndDoomsItsObjects) {
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

TYPED_TEST_P(VideoStoreContract, VideosOfDeletedAccountsAreFound) {
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

TYPED_TEST_P(VideoStoreContract, TheOriginalGoesOnlyWhenNobodyNeedsIt) {
    const VideoId video = this->probing(this->account());
    EXPECT_EQ(run_to_end(this->videos().drop_original(video)).error().code, ErrorCode::Conflict);
    const Job job = this->claimed();
    ASSERT_TRUE(run_to_end(this->jobs().finish(job.lease(), this->planned(), this->kNow)));
    EXPECT_FALSE(run_to_end(this->videos().drop_original(video)).value().original_kept);
    EXPECT_EQ(this->doomed(), std::vector{source_prefix(video)});
    EXPECT_TRUE(run_to_end(this->videos().drop_original(video))) << "gone already";
}

TYPED_TEST_P(VideoStoreContract, OriginalsAreFoundByWhatIsStillToDoAboutThem) {
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

TYPED_TEST_P(VideoStoreContract, SubtitlesAreAddedAndRemovedOneByOne) {
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

TYPED_TEST_P(VideoStoreContract, ASegmentThatIsMadeAgainTakesTheOldOnesPlace) {
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

TYPED_TEST_P(VideoStoreContract, ANewTitleShowsAtOnce) {
    const VideoId video = this->uploading(this->account()).video;
    EXPECT_EQ(run_to_end(this->videos().rename(video, "Other")).value().title, "Other");
    EXPECT_EQ(this->found(video).title, "Other");
}

REGISTER_TYPED_TEST_SUITE_P(VideoStoreContract, WhatIsNotThereIsSaidToBeMissing,
                            ListsGiveTheNewestFirst, RemovingAVideoTakesItsJobAndDoomsItsObjects,
                            VideosOfDeletedAccountsAreFound, TheOriginalGoesOnlyWhenNobodyNeedsIt,
                            OriginalsAreFoundByWhatIsStillToDoAboutThem,
                            SubtitlesAreAddedAndRemovedOneByOne,
                            ASegmentThatIsMadeAgainTakesTheOldOnesPlace, ANewTitleShowsAtOnce);

}  // namespace syncwatch
