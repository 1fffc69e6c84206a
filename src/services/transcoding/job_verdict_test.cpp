#include "services/transcoding/job_verdict.h"

#include <gtest/gtest.h>

#include "domain/transcode/failure.h"

namespace syncwatch {
namespace {

using Action = JobVerdict::Action;

constexpr JobPatience kPatience{3, std::chrono::seconds(5), std::chrono::seconds(30)};

JobVerdict verdict_on(MediaFailure failure, int attempts = 1) {
    return judge_job(failure_error(failure, "why"), attempts, kPatience);
}

TEST(JobVerdictTest, AFaultOfTheFileFailsTheVideoAtOnceAndDropsTheFile) {
    for (const auto failure :
         {MediaFailure::Damaged, MediaFailure::NoVideo, MediaFailure::TooLong}) {
        const JobVerdict verdict = verdict_on(failure);
        EXPECT_EQ(verdict.action, Action::Fail);
        EXPECT_EQ(verdict.error.code, words(failure).code);
        EXPECT_EQ(verdict.error.message, words(failure).message);
        EXPECT_EQ(verdict.original, Original::Drop);
    }
}

TEST(JobVerdictTest, AFaultOfOursIsTriedAgainAFewTimesAndKeepsTheFile) {
    EXPECT_EQ(verdict_on(MediaFailure::TranscodeFailed, 1).action, Action::TryAgain);
    EXPECT_EQ(verdict_on(MediaFailure::Stalled, 2).action, Action::TryAgain);
    EXPECT_GT(verdict_on(MediaFailure::Stalled, 2).wait, verdict_on(MediaFailure::Stalled, 1).wait);
    const JobVerdict last = verdict_on(MediaFailure::Stalled, 3);
    EXPECT_EQ(last.action, Action::Fail);
    EXPECT_EQ(last.error.code, "stalled");
    EXPECT_EQ(last.original, Original::Keep);
    EXPECT_EQ(judge_job(fail(ErrorCode::Internal, "a bug").value(), 3, kPatience).error.code,
              "transcode_failed");
}

TEST(JobVerdictTest, WhatIsAwayIsWaitedForHoweverOften) {
    for (const int attempts : {1, 3, 100}) {
        EXPECT_EQ(verdict_on(MediaFailure::StorageFull, attempts).action, Action::PutOff);
        const auto away = fail_unavailable("database", "locked", std::chrono::seconds(1));
        EXPECT_EQ(judge_job(away.value(), attempts, kPatience).action, Action::PutOff);
    }
}

TEST(JobVerdictTest, AJobOfSomebodyElseIsLetGo) {
    EXPECT_EQ(
        judge_job(fail(ErrorCode::Conflict, "gone", "lease_lost").value(), 1, kPatience).action,
        Action::GiveUp);
    EXPECT_EQ(
        judge_job(fail(ErrorCode::NotFound, "gone", "no_such_video").value(), 1, kPatience).action,
        Action::GiveUp);
}

}  // namespace
}  // namespace syncwatch
