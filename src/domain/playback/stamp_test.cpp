#include "domain/playback/stamp.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = from_micros(1'790'000'000'000'000);

TEST(StampTest, ComparesItsPartsAsNumbers) {
    const auto at = [](const char* text) { return Stamp::parse(text).value(); };
    EXPECT_LT(at("9.0.a"), at("10.0.a"));
    EXPECT_LT(at("10.9.a"), at("10.10.a"));
    EXPECT_LT(at("10.1.a"), at("10.1.b"));
    EXPECT_EQ(at("10.1.node.example").node, "node.example");
    EXPECT_EQ(at("10.1.a").text(), "10.1.a");
}

TEST(StampTest, WhatIsNoStampIsRefused) {
    for (const char* text : {"", "1", "1.2", "1.2.", ".2.a", "1..a", "x.2.a", "-1.2.a", "1.-2.a",
                             "1.2", "99999999999999999999.0.a", "1.4294967296.a"}) {
        EXPECT_FALSE(Stamp::parse(text)) << text;
    }
}

TEST(StampTest, EachIsGreaterThanTheLastAlsoAsText) {
    Stamp last;
    for (int i = 0; i < 100; ++i) {
        const Stamp next = next_stamp(last, kNow, "n1");
        EXPECT_GT(next, last);
        if (i > 0) {
            EXPECT_GT(next.text(), last.text());
        }
        last = next;
    }
    EXPECT_LE(last.wall_us, to_micros(kNow) + 10) << "ten to a microsecond";
}

TEST(StampTest, AClockThatStepsBackMakesGreaterStampsAllTheSame) {
    const Stamp first = next_stamp({}, kNow, "n1");
    const Stamp second = next_stamp(first, kNow - 1h, "n1");
    EXPECT_GT(second, first);
    EXPECT_EQ(next_stamp(second, kNow + 1us, "n1").text(),
              std::to_string(to_micros(kNow) + 1) + ".0.n1");
}

TEST(StampTest, OneFromAClockFiveSecondsAheadIsRefused) {
    EXPECT_TRUE(check_not_ahead(next_stamp({}, kNow + 5s, "n2"), kNow));
    EXPECT_EQ(check_not_ahead(next_stamp({}, kNow + 5s + 1us, "n2"), kNow).error().reason,
              "stamp_ahead");
}

}  // namespace
}  // namespace syncwatch
