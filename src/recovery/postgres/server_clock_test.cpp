#include "recovery/postgres/server_clock.h"

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

TEST(ServerClockTest, HowFarItIsAheadIsToldWhereverThatIsSure) {
    const WallTime now = parse_rfc3339("2026-11-30T12:00:00Z").value();
    EXPECT_EQ(clock_ahead(now, now + 1s, now + 3s), std::nullopt);
    EXPECT_EQ(clock_ahead(now, now + 4900ms, now + 3s), std::nullopt) << "as clocks are";
    EXPECT_EQ(clock_ahead(now, now + 63s, now + 3s), 60s);
    EXPECT_EQ(clock_ahead(now, now - 60s, now + 3s), -60s);
}

TEST(ServerClockTest, WhatIsNotedIsSaid) {
    EXPECT_EQ(describe_clock({{"begins", "0/1"}}), "");
    EXPECT_NE(describe_clock({{kClockAhead, "60"}}).find("was 60 s ahead of"), std::string::npos);
    EXPECT_NE(describe_clock({{kClockAhead, "-7"}}).find("was 7 s behind"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::recovery
