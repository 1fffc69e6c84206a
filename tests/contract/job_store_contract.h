#pragma once
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/log/log.h"
#include "contract/media_fixture.h"

namespace syncwatch {

/// What every implementation of JobStore keeps.
template <class Made>
class JobStoreContract : public MediaFixture<Made> {};

TYPED_TEST_SUITE_P(JobStoreContract);

TYPED_TEST_P(JobStoreContract, AJobIsHeldByOneAndGoesToTheNextWhenItsLeaseEnds) {
    const VideoId video = this->probing(this->account());
    const Job first = this->claimed();
    EXPECT_EQ(first.video, video);
    EXPECT_EQ(first.attempts, 1);
    EXPECT_EQ(first.leased_until, this->kNow + this->kMinute);
    EXPECT_EQ(run_to_end(this->jobs().claim("other", this->kNow, this->kMinute)).value(),
              std::nullopt);
    ASSERT_TRUE(run_to_end(this->jobs().renew(first.lease(), this->kNow + 2 * this->kMinute)));
    EXPECT_EQ(
        run_to_end(this->jobs().claim("other", this->kNow + this->kMinute, this->kMinute)).value(),
        std::nullopt);
    const Job second = this->claimed(this->kNow + 2 * this->kMinute);
    EXPECT_EQ(second.id, first.id);
    EXPECT_EQ(second.attempts, 2);
    EXPECT_EQ(run_to_end(this->jobs().renew(first.lease(), this->kNow)).error().reason,
              "lease_lost");
    EXPECT_EQ(this->advance(first, this->planned()).error().reason, "lease_lost");
    EXPECT_EQ(this->found(video).status, VideoStatus::Probing);
    EXPECT_TRUE(this->advance(second, this->planned()));
}

TYPED_TEST_P(JobStoreContract, TheOldestJobThatIsDueComesFirst) {
    const UserId owner = this->account();
    const VideoId young = this->probing(owner, this->kNow);
    const VideoId old = this->probing(owner, this->kNow - this->kMinute);
    const Job first = this->claimed();
    EXPECT_EQ(first.video, old);
    ASSERT_TRUE(run_to_end(this->jobs().retry_later(first.lease(), this->kNow + this->kMinute)));
    EXPECT_EQ(run_to_end(this->jobs().renew(first.lease(), this->kNow)).error().reason,
              "lease_lost");
    EXPECT_EQ(this->claimed().video, young);
    EXPECT_EQ(run_to_end(this->jobs().claim("w", this->kNow, this->kMinute)).value(), std::nullopt);
    const Job again = this->claimed(this->kNow + this->kMinute);
    EXPECT_EQ(again.video, old);
    EXPECT_EQ(again.attempts, 2) << "a retry counts";
    ASSERT_TRUE(run_to_end(this->jobs().release(again.lease())));
    const Job third = this->claimed(this->kNow + this->kMinute);
    EXPECT_EQ(third.attempts, 2) << "a release does not";
    const WallTime later = this->kNow + 5 * this->kMinute;
    ASSERT_TRUE(run_to_end(this->jobs().release(third.lease(), later)));
    EXPECT_EQ(this->claimed(later - this->kMinute).video, young) << "its lease is over by now";
    EXPECT_EQ(run_to_end(this->jobs().claim("w", later - this->kMinute, this->kMinute)).value(),
              std::nullopt)
        << "not before its time";
}

TYPED_TEST_P(JobStoreContract, WhoHasTheFewestFilmsUnderWayComesFirst) {
    const UserId busy = this->account();
    const UserId modest = this->account();
    const VideoId first = this->probing(busy, this->kNow - 3 * this->kMinute);
    const VideoId second = this->probing(busy, this->kNow - 2 * this->kMinute);
    const VideoId other = this->probing(modest, this->kNow - this->kMinute);
    EXPECT_EQ(this->claimed().video, first);
    EXPECT_EQ(this->claimed().video, other);
    EXPECT_EQ(this->claimed().video, second);
}

TYPED_TEST_P(JobStoreContract, AJobKnowsTheRequestThatItCameFrom) {
    {
        const log::Context context("trace-span");
        this->probing(this->account());
    }
    EXPECT_EQ(this->claimed().cause, "trace-span");
    this->probing(this->account());
    EXPECT_EQ(this->claimed().cause, "");
}

TYPED_TEST_P(JobStoreContract, AWorkerThatStartsGivesBackWhatItHeldBefore) {
    const VideoId video = this->probing(this->account());
    const Job before = this->claimed();
    ASSERT_TRUE(run_to_end(this->jobs().reclaim("another")));
    EXPECT_TRUE(run_to_end(this->jobs().renew(before.lease(), this->kNow + this->kMinute)));
    ASSERT_TRUE(run_to_end(this->jobs().reclaim("worker")));
    EXPECT_EQ(run_to_end(this->jobs().renew(before.lease(), this->kNow)).error().reason,
              "lease_lost");
    const Job after = this->claimed();
    EXPECT_EQ(after.video, video);
    EXPECT_EQ(after.attempts, 2);
}

TYPED_TEST_P(JobStoreContract, AStepIsRecordedWholeAndComesBackToWhoeverResumes) {
    const VideoId video = this->probing(this->account());
    const Job job = this->claimed();
    const JobStep plan = this->planned();
    ASSERT_TRUE(this->advance(job, plan));
    JobStep step;
    step.segments = {this->segment("v720", 0), this->segment("v720", 1, 2'002'000),
                     this->segment("a0", 0, 1'984'000)};
    step.objects = {this->object(segment_key(video, 1, "v720", 0))};
    step.progress = JobStep::Progress{0.25, MediaTime(1.984), std::chrono::seconds(90)};
    step.has_poster = true;
    ASSERT_TRUE(this->advance(job, step));
    ASSERT_TRUE(this->advance(job, step)) << "what is there already is the same";

    const Video found = this->found(video);
    EXPECT_EQ(found.status, VideoStatus::Transcoding);
    EXPECT_EQ(found.duration, MediaTime(60.5));
    EXPECT_EQ(found.width, 1920);
    EXPECT_EQ(found.height, 1080);
    EXPECT_DOUBLE_EQ(found.frame_rate, 23.976);
    EXPECT_EQ(found.renditions, *plan.renditions);
    EXPECT_EQ(found.audio_tracks, *plan.audio_tracks);
    EXPECT_EQ(found.subtitles, plan.subtitles);
    EXPECT_EQ(found.progress, 0.25);
    EXPECT_EQ(found.playable_until, MediaTime(1.984));
    EXPECT_EQ(found.eta, std::chrono::seconds(90));
    EXPECT_TRUE(found.has_poster);
    EXPECT_FALSE(found.has_sprite);
    EXPECT_EQ(run_to_end(this->videos().segments(video)).value(),
              (std::vector{step.segments[2], step.segments[0], step.segments[1]}));
    EXPECT_EQ(run_to_end(this->videos().segments(video, 1)).value(), std::vector{step.segments[1]});
    EXPECT_TRUE(run_to_end(this->ledger().find_object(segment_key(video, 1, "v720", 0))).value());
    EXPECT_EQ(run_to_end(this->jobs().jobs()).value()[0].checkpoint, "the plan");
}

TYPED_TEST_P(JobStoreContract, SegmentsLeaveNoGapAndAreNeverChanged) {
    const VideoId video = this->probing(this->account());
    const Job job = this->claimed();
    JobStep gap;
    gap.segments = {this->segment("v720", 0), this->segment("v720", 2)};
    EXPECT_EQ(this->advance(job, gap).error().code, ErrorCode::Conflict);
    EXPECT_TRUE(run_to_end(this->videos().segments(video)).value().empty())
        << "whole or not at all";
    JobStep first;
    first.segments = {this->segment("v720", 0)};
    ASSERT_TRUE(this->advance(job, first));
    JobStep changed;
    changed.segments = {this->segment("v720", 0, 1'000'000)};
    EXPECT_EQ(this->advance(job, changed).error().code, ErrorCode::Conflict);
}

TYPED_TEST_P(JobStoreContract, AttemptsCountFromTheLastSegmentOn) {
    this->probing(this->account());
    WallTime now = this->kNow;
    for (int i = 0; i < 3; ++i) {
        this->claimed(now);
        now += 2 * this->kMinute;
    }
    const Job fourth = this->claimed(now);
    EXPECT_EQ(fourth.attempts, 4);
    JobStep step;
    step.segments = {this->segment("v720", 0)};
    ASSERT_TRUE(this->advance(fourth, step));
    EXPECT_EQ(this->claimed(now + 2 * this->kMinute).attempts, 2);
}

TYPED_TEST_P(JobStoreContract, AFinishedVideoIsReadyToItsEnd) {
    const VideoId video = this->probing(this->account());
    const Job job = this->claimed();
    ASSERT_TRUE(this->advance(job, this->planned()));
    JobStep last;
    last.segments = {this->segment("v720", 0)};
    last.facts = JobStep::Facts{MediaTime(60.25), 1920, 1080, 23.976};
    last.has_sprite = true;
    ASSERT_TRUE(run_to_end(this->jobs().finish(job.lease(), last, this->kNow)));
    const Video found = this->found(video);
    EXPECT_EQ(found.status, VideoStatus::Ready);
    EXPECT_EQ(found.progress, 1);
    EXPECT_EQ(found.playable_until, MediaTime(60.25));
    EXPECT_FALSE(found.eta);
    EXPECT_TRUE(found.has_sprite);
    EXPECT_EQ(run_to_end(this->videos().segments(video)).value().size(), 1u);
    EXPECT_TRUE(run_to_end(this->jobs().jobs()).value().empty());
    EXPECT_EQ(run_to_end(this->jobs().renew(job.lease(), this->kNow)).error().reason, "lease_lost");
}

TYPED_TEST_P(JobStoreContract, AFailedVideoLeavesNothingOfItsEditionAndMayBeTriedAgain) {
    const VideoId video = this->probing(this->account());
    const Job job = this->claimed();
    ASSERT_TRUE(this->advance(job, this->planned()));
    JobStep step;
    step.segments = {this->segment("v720", 0)};
    step.progress = JobStep::Progress{0.5, MediaTime(2), std::nullopt};
    step.has_poster = true;
    ASSERT_TRUE(this->advance(job, step));
    SubtitleTrack own;
    own.id = "u1";
    own.source = SubtitleTrack::Source::Uploaded;
    ASSERT_TRUE(run_to_end(this->videos().add_subtitle(
        video, own, this->object(subtitle_key(video, 1, own)), 10, this->kNow)));
    const VideoError error{"stalled", "The encoder stopped."};
    ASSERT_TRUE(run_to_end(this->jobs().fail_job(job.lease(), error, Original::Keep)));
    Video found = this->found(video);
    EXPECT_EQ(found.status, VideoStatus::Failed);
    EXPECT_EQ(found.error, error);
    EXPECT_EQ(found.playable_until, MediaTime(0));
    EXPECT_TRUE(found.renditions.empty());
    EXPECT_TRUE(found.audio_tracks.empty());
    EXPECT_EQ(found.subtitles, std::vector{own}) << "what somebody uploaded stays";
    EXPECT_FALSE(found.has_poster);
    EXPECT_TRUE(run_to_end(this->videos().segments(video)).value().empty());
    EXPECT_EQ(this->doomed(), std::vector{edition_prefix(video, 1)});

    const auto again = this->random_.template make_id<JobId>(this->kNow);
    ASSERT_TRUE(run_to_end(this->jobs().retry(video, again, this->kNow)));
    found = this->found(video);
    EXPECT_EQ(found.status, VideoStatus::Probing);
    EXPECT_EQ(found.edition, 2);
    EXPECT_FALSE(found.error);
    EXPECT_EQ(this->claimed().id, again);
    EXPECT_EQ(run_to_end(this->jobs().retry(video, again, this->kNow)).error().reason,
              "not_failed");
}

TYPED_TEST_P(JobStoreContract, WithoutItsOriginalAVideoCannotBeTriedAgain) {
    const VideoId video = this->probing(this->account());
    const Job job = this->claimed();
    const VideoError error{"no_video", "There are no pictures in it."};
    ASSERT_TRUE(run_to_end(this->jobs().fail_job(job.lease(), error, Original::Drop)));
    EXPECT_FALSE(this->found(video).original_kept);
    EXPECT_EQ(this->doomed(), (std::vector{edition_prefix(video, 1), source_prefix(video)}));
    EXPECT_EQ(run_to_end(this->jobs().retry(video, job.id, this->kNow)).error().reason,
              "original_gone");
}

TYPED_TEST_P(JobStoreContract, CancellingEndsTheJobAndKeepsTheOriginal) {
    const VideoId video = this->probing(this->account());
    const Job job = this->claimed();
    ASSERT_TRUE(run_to_end(this->jobs().cancel(video)));
    EXPECT_EQ(this->found(video).error->code, "cancelled");
    EXPECT_TRUE(this->found(video).original_kept);
    EXPECT_EQ(this->advance(job, this->planned()).error().reason, "lease_lost");
    EXPECT_EQ(run_to_end(this->jobs().cancel(video)).error().reason, "nothing_to_cancel");
    const VideoId uploading = this->uploading(this->account()).video;
    EXPECT_EQ(run_to_end(this->jobs().cancel(uploading)).error().reason, "nothing_to_cancel");
}

REGISTER_TYPED_TEST_SUITE_P(JobStoreContract, AJobIsHeldByOneAndGoesToTheNextWhenItsLeaseEnds,
                            TheOldestJobThatIsDueComesFirst, AJobKnowsTheRequestThatItCameFrom,
                            WhoHasTheFewestFilmsUnderWayComesFirst,
                            AWorkerThatStartsGivesBackWhatItHeldBefore,
                            AStepIsRecordedWholeAndComesBackToWhoeverResumes,
                            SegmentsLeaveNoGapAndAreNeverChanged, AttemptsCountFromTheLastSegmentOn,
                            AFinishedVideoIsReadyToItsEnd,
                            AFailedVideoLeavesNothingOfItsEditionAndMayBeTriedAgain,
                            WithoutItsOriginalAVideoCannotBeTriedAgain,
                            CancellingEndsTheJobAndKeepsTheOriginal);

}  // namespace syncwatch
