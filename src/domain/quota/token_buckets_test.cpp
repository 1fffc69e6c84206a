#include "domain/quota/token_buckets.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{1h};

int taken(TokenBuckets& buckets, const std::string& key, Instant now) {
    int count = 0;
    while (count < 1000 && buckets.take(key, now)) ++count;
    return count;
}

TEST(TokenBucketsTest, ABurstThenASteadyFlow) {
    TokenBuckets buckets({10, 2});
    EXPECT_EQ(taken(buckets, "a", kStart), 10);
    EXPECT_EQ(taken(buckets, "a", kStart + 1s), 2);
    EXPECT_EQ(taken(buckets, "a", kStart + 1250ms), 0);
    EXPECT_EQ(taken(buckets, "a", kStart + 1500ms), 1) << "a half and a half are one";
    EXPECT_EQ(taken(buckets, "a", kStart + 1h), 10) << "never more than the burst";
}

TEST(TokenBucketsTest, KeysDoNotTouchOneAnother) {
    TokenBuckets buckets({3, 1});
    EXPECT_EQ(taken(buckets, "a", kStart), 3);
    EXPECT_EQ(taken(buckets, "b", kStart), 3);
}

TEST(TokenBucketsTest, ARefusalSaysWhenToComeAgain) {
    TokenBuckets buckets({1, 0.1});
    EXPECT_TRUE(buckets.take("a", kStart));
    const auto refused = buckets.take("a", kStart + 4s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Exhausted);
    EXPECT_EQ(refused.error().reason, "too_many_requests");
    EXPECT_EQ(refused.error().retry_after, 6s);
    EXPECT_TRUE(buckets.take("a", kStart + 10s));
}

TEST(TokenBucketsTest, AClockThatStepsBackTakesNothingAway) {
    TokenBuckets buckets({2, 1});
    EXPECT_TRUE(buckets.take("a", kStart));
    EXPECT_TRUE(buckets.take("a", kStart - 1s));
    EXPECT_FALSE(buckets.take("a", kStart));
}

TEST(TokenBucketsTest, MemoryIsBoundedAndTheLatestUsedStay) {
    TokenBuckets buckets({1, 0.001, 100});
    EXPECT_TRUE(buckets.take("kept", kStart));
    for (int i = 0; i < 1000; ++i) {
        EXPECT_TRUE(buckets.take(std::to_string(i), kStart));
        EXPECT_FALSE(buckets.take("kept", kStart));
    }
    EXPECT_EQ(buckets.size(), 100u);
}

}  // namespace
}  // namespace syncwatch
