#include "recovery/plan/schedule.h"

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

WallTime at(const char* text) {
    return parse_rfc3339(text).value();
}

TEST(ScheduleTest, WhatIsTimedIsDueAtItsTimes) {
    struct Case {
        const char* text;
        std::chrono::seconds period;
        const char* last;
        const char* next;
    };
    // A Tuesday.
    const WallTime now = at("2026-11-24T10:20:30.5Z");
    for (const Case& each : {
             Case{"hourly", 1h, "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"},
             Case{"hourly :30", 1h, "2026-11-24T09:30:00Z", "2026-11-24T10:30:00Z"},
             Case{"every 15m", 15min, "2026-11-24T10:15:00Z", "2026-11-24T10:30:00Z"},
             Case{"daily 02:00", 24h, "2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z"},
             Case{"daily 10:21", 24h, "2026-11-23T10:21:00Z", "2026-11-24T10:21:00Z"},
             Case{"Sun 02:00", 168h, "2026-11-22T02:00:00Z", "2026-11-29T02:00:00Z"},
             Case{"Tue 23:59", 168h, "2026-11-17T23:59:00Z", "2026-11-24T23:59:00Z"},
         }) {
        SCOPED_TRACE(each.text);
        const auto schedule = Schedule::parse(each.text);
        ASSERT_TRUE(schedule);
        EXPECT_TRUE(schedule->is_timed());
        EXPECT_EQ(schedule->text(), each.text);
        EXPECT_EQ(schedule->period(), each.period);
        EXPECT_EQ(format_rfc3339(schedule->last_due(now)), format_rfc3339(at(each.last)));
        EXPECT_EQ(format_rfc3339(schedule->next_due(now)), format_rfc3339(at(each.next)));
    }
}

TEST(ScheduleTest, ATimeIsItsOwnLastOne) {
    const auto daily = Schedule::parse("daily 02:00").value();
    const WallTime two = at("2026-11-24T02:00:00Z");
    EXPECT_EQ(daily.last_due(two), two);
    EXPECT_EQ(daily.last_due(two - 1us), two - 24h);
}

TEST(ScheduleTest, WhatHappensByItselfHasNoTimes) {
    for (const char* text : {"continuous", "on change"}) {
        const auto schedule = Schedule::parse(text);
        ASSERT_TRUE(schedule) << text;
        EXPECT_FALSE(schedule->is_timed());
    }
}

TEST(ScheduleTest, NothingElseIsOne) {
    for (const char* text :
         {"", "daily", "daily 24:00", "daily 2:00", "daily 02:60", "daily 02:00 ", "Sunday 02:00",
          "sun 02:00", "every", "every 0s", "every 5", "hourly 15", "hourly :60", "yearly 02:00",
          "every -5m", "daily 02:00:00"}) {
        EXPECT_FALSE(Schedule::parse(text)) << text;
    }
}

}  // namespace
}  // namespace syncwatch::recovery
