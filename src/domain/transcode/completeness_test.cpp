#include "domain/transcode/completeness.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

TEST(CompletenessTest, AFewFramesAreRounding) {
    EXPECT_EQ(judge_length(60s, 59'958ms), Completeness::Whole);
    EXPECT_EQ(judge_length(60s, 61s), Completeness::Whole);
    EXPECT_EQ(judge_length(2h, 2h - 30s), Completeness::Whole);
    EXPECT_EQ(judge_length(40ms, 40ms), Completeness::Whole);
}

TEST(CompletenessTest, NineTenthsAreAFilmThatEndsEarly) {
    EXPECT_EQ(judge_length(60s, 55s), Completeness::Shorter);
    EXPECT_EQ(judge_length(60s, 54s), Completeness::Shorter);
}

TEST(CompletenessTest, LessIsDamaged) {
    EXPECT_EQ(judge_length(60s, 53'900ms), Completeness::Damaged);
    EXPECT_EQ(judge_length(60s, 29'800ms), Completeness::Damaged);
    EXPECT_EQ(judge_length(3h, 2s), Completeness::Damaged);
    EXPECT_EQ(judge_length(1s, 100ms), Completeness::Damaged);
    EXPECT_EQ(judge_length(60s, 0s), Completeness::Damaged);
}

TEST(CompletenessTest, WithoutAnAnnouncedLengthAnythingIsWhole) {
    EXPECT_EQ(judge_length(0s, 2s), Completeness::Whole);
    EXPECT_EQ(judge_length(0s, 0s), Completeness::Damaged);
}

}  // namespace
}  // namespace syncwatch
