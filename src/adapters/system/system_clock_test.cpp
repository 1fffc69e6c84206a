#include "adapters/system/system_clock.h"

#include <gtest/gtest.h>

#include "adapters/system/system_random.h"
#include "base/async/run_to_end.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

net::awaitable<Instant> sleep_and_look(SystemClock& clock, Instant until) {
    co_await clock.sleep_until(until);
    co_return clock.now();
}

TEST(SystemClockTest, SleepEndsAtOrAfterTheInstant) {
    SystemClock clock;
    const Instant until = clock.now() + 20ms;
    EXPECT_GE(run_to_end(sleep_and_look(clock, until)), until);
}

TEST(SystemClockTest, TheWallIsTheTimeOfDay) {
    const WallTime year_2024 = from_micros(1'704'067'200'000'000);
    EXPECT_GT(SystemClock().wall(), year_2024);
}

TEST(SystemRandomTest, IdsDifferAndSortByTheTimeTheyWereMade) {
    SystemRandom random;
    const auto first = random.make_id<UserId>(from_micros(1'790'000'000'000'000));
    const auto second = random.make_id<UserId>(from_micros(1'790'000'000'000'000));
    const auto later = random.make_id<UserId>(from_micros(1'790'000'000'001'000));
    EXPECT_NE(first, second);
    EXPECT_LT(first, later);
    EXPECT_LT(second, later);
}

}  // namespace
}  // namespace syncwatch
