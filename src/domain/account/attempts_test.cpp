#include "domain/account/attempts.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr Instant at(std::chrono::seconds since) {
    return Instant(since);
}

TEST(AttemptsTest, FiveWrongGuessesLockTheKeyAndNoOther) {
    Attempts attempts({});
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(attempts.check("a", at(100s)));
        ASSERT_TRUE(attempts.settle("a", false, at(100s)));
    }
    const auto locked = attempts.check("a", at(110s));
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().reason, "locked_out");
    EXPECT_EQ(locked.error().code, ErrorCode::Exhausted);
    EXPECT_EQ(locked.error().retry_after, 50s);
    EXPECT_TRUE(attempts.check("b", at(110s)));
    EXPECT_TRUE(attempts.check("a", at(160s)));
}

TEST(AttemptsTest, ARightGuessForgetsTheWrongOnesBeforeIt) {
    Attempts attempts({});
    for (int i = 0; i < 4; ++i) (void)attempts.settle("a", false, at(1s));
    EXPECT_TRUE(attempts.settle("a", true, at(1s)));
    for (int i = 0; i < 4; ++i) (void)attempts.settle("a", false, at(1s));
    EXPECT_TRUE(attempts.check("a", at(1s)));
}

TEST(AttemptsTest, AGuessThatEndsAfterTheLockIsNotAnsweredEvenIfRight) {
    Attempts attempts({});
    ASSERT_TRUE(attempts.check("a", at(1s)));  // six begin at once
    for (int i = 0; i < 5; ++i) (void)attempts.settle("a", false, at(2s));
    const auto right = attempts.settle("a", true, at(2s));
    ASSERT_FALSE(right);
    EXPECT_EQ(right.error().reason, "locked_out");
    EXPECT_FALSE(attempts.check("a", at(2s))) << "and it does not lift the lock";
}

TEST(AttemptsTest, EveryFurtherWrongGuessLocksForTwiceAsLongUpToALimit) {
    Attempts attempts({});
    Instant now = at(1s);
    for (int i = 0; i < 4; ++i) (void)attempts.settle("a", false, now);
    std::vector<std::chrono::seconds> locks;
    for (int i = 0; i < 6; ++i) {
        (void)attempts.settle("a", false, now);
        locks.push_back(attempts.check("a", now).error().retry_after);
        now += locks.back();
    }
    EXPECT_EQ(locks, (std::vector<std::chrono::seconds>{60s, 120s, 240s, 480s, 900s, 900s}));
}

TEST(AttemptsTest, AfterAQuietHourTheKeyStartsAnew) {
    Attempts attempts({});
    for (int i = 0; i < 4; ++i) (void)attempts.settle("a", false, at(1s));
    (void)attempts.settle("a", false, at(3602s));
    EXPECT_TRUE(attempts.check("a", at(3602s)));
}

TEST(AttemptsTest, ManyKeysDoNotGrowItWithoutBound) {
    Attempts::Options options;
    options.capacity = 100;
    Attempts attempts(options);
    for (int i = 0; i < 5; ++i) (void)attempts.settle("first", false, at(1s));
    for (int i = 0; i < 200; ++i) (void)attempts.settle(std::to_string(i), false, at(2s));
    EXPECT_TRUE(attempts.check("first", at(2s))) << "the oldest were forgotten";
    for (int i = 0; i < 4; ++i) (void)attempts.settle("199", false, at(3s));
    EXPECT_FALSE(attempts.check("199", at(3s)));
}

}  // namespace
}  // namespace syncwatch
