#include "base/time.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(TimeTest, Rfc3339SurvivesARoundTripToTheMillisecond) {
    const auto time = parse_rfc3339("2026-11-23T08:33:14.120Z");
    ASSERT_TRUE(time);
    EXPECT_EQ(format_rfc3339(*time), "2026-11-23T08:33:14.120Z");
}

TEST(TimeTest, AnOffsetIsTakenOffTheTime) {
    EXPECT_EQ(*parse_rfc3339("2026-01-01T01:30:00+02:00"), *parse_rfc3339("2025-12-31T23:30:00Z"));
}

TEST(TimeTest, MicrosecondsAreKeptAndFinerDigitsDropped) {
    EXPECT_EQ(to_micros(*parse_rfc3339("1970-01-01T00:00:00.123456789Z")), 123456);
}

TEST(TimeTest, WhatIsNotATimeIsRefused) {
    for (const char* text : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                             "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
                             "2026-01-01T00:00:00Zjunk", "-026-01-01T00:00:00Z"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

TEST(TimeTest, HttpDatesNameTheDayOfTheWeek) {
    EXPECT_EQ(format_http_date(*parse_rfc3339("1994-11-06T08:49:37Z")),
              "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace syncwatch
