#include "recovery/postgres/followed_log.h"

#include <functional>

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

/// One that is streamed into two places.
FollowedLog followed() {
    FollowedLog log;
    log.slot = "syncwatch";
    log.has_slot = log.is_followed = true;
    log.kept_bytes = 4096;
    log.places = {{"near", "", 0, 0s}, {"far", "", 120'000, 2s}};
    return log;
}

TEST(FollowedLogTest, WhatIsStreamedIsWell) {
    EXPECT_FALSE(falls_behind(followed()));
    EXPECT_FALSE(piles_up(followed()));
    EXPECT_EQ(describe(followed()),
              "streamed; near all of it, far all but 0.1 MB; PostgreSQL keeps 0.0 MB for it");
}

TEST(FollowedLogTest, SaysWhyALossWouldCostMoreThanSeconds) {
    struct Row {
        const char* words;  ///< Among what is said; empty: nothing is.
        std::function<void(FollowedLog&)> make;
    };
    const std::vector<Row> rows{
        {"there is no slot syncwatch", [](FollowedLog& log) { log.has_slot = false; }},
        {"the slot syncwatch is not in use", [](FollowedLog& log) { log.is_followed = false; }},
        {"is missing in the repositories for good", [](FollowedLog& log) { log.is_lost = true; }},
        {"nobody can see whether", [](FollowedLog& log) { log.trouble = "no answer"; }},
        {"is 5 min behind in far: it is full",
         [](FollowedLog& log) {
             log.places[1].behind = 300s;
             log.places[1].trouble = "it is full";
         }},
        {"", [](FollowedLog& log) { log.places[1].behind = 70s; }},
    };
    for (const Row& row : rows) {
        FollowedLog log = followed();
        row.make(log);
        const auto fault = falls_behind(log);
        EXPECT_EQ(fault.has_value(), *row.words != '\0') << row.words;
        if (!fault) continue;
        EXPECT_NE(fault->what.find(row.words), std::string::npos) << fault->what;
        EXPECT_FALSE(fault->next.empty());
    }
}

TEST(FollowedLogTest, WhatTheServerKeepsIsTooMuchWhereItsDiskFillsOrTheLogIsSoonLost) {
    struct Row {
        std::uint64_t kept;
        std::optional<std::uint64_t> most;
        bool is_too_much;
    };
    for (const Row& row : {Row{kGiB / 2, std::nullopt, false}, Row{2 * kGiB, std::nullopt, true},
                           Row{2 * kGiB, 10 * kGiB, false}, Row{6 * kGiB, 10 * kGiB, true},
                           Row{40 << 20, 64 << 20, true}}) {
        FollowedLog log = followed();
        log.kept_bytes = row.kept;
        log.kept_most = row.most;
        EXPECT_EQ(piles_up(log).has_value(), row.is_too_much) << row.kept;
    }
    FollowedLog dead = followed();
    dead.is_followed = false;
    dead.kept_bytes = 2 * kGiB;
    const auto fault = piles_up(dead);
    ASSERT_TRUE(fault);
    EXPECT_NE(fault->what.find("its disk fills"), std::string::npos) << fault->what;
    EXPECT_NE(fault->next.find("--drop-slot"), std::string::npos) << fault->next;
    dead.has_slot = false;
    EXPECT_FALSE(piles_up(dead)) << "nothing is kept for it";
}

/// Seconds after the beginning.
Instant at(int seconds) {
    return Instant(std::chrono::seconds(1'000 + seconds));
}

TEST(LogLagTest, CountsFromWhenTheServerWasFirstSeenFurther) {
    LogLag lag;
    lag.note(at(0), {100});
    lag.note("near", {100});
    EXPECT_EQ(lag.behind(at(0), "near"), 0s);
    lag.note(at(15), {200});
    lag.note(at(30), {300});
    EXPECT_EQ(lag.behind(at(40), "near"), 25s);
    lag.note("near", {200});
    EXPECT_EQ(lag.behind(at(40), "near"), 10s);
    lag.note("near", {350});
    EXPECT_EQ(lag.behind(at(40), "near"), 0s);
}

TEST(LogLagTest, AnIdleServerIsNotBehindAndAPlaceThatIsAwayIs) {
    LogLag lag;
    lag.note(at(0), {100});
    lag.note("near", {100});
    lag.note("far", {100});
    for (int i = 1; i < 100; ++i) lag.note(at(i), {100});
    EXPECT_EQ(lag.behind(at(100), "near"), 0s);
    lag.note(at(100), {200});
    lag.note("near", {200});  // far does not answer any more.
    EXPECT_EQ(lag.behind(at(400), "near"), 0s);
    EXPECT_EQ(lag.behind(at(400), "far"), 300s);
    EXPECT_EQ(lag.behind(at(400), "third"), 0s) << "nobody knows of it";
}

TEST(LogLagTest, AServerThatIsWhereItWasBeforeAFailoverIsNotAhead) {
    LogLag lag;
    lag.note("near", {100});
    lag.note(at(0), {500});
    lag.note(at(10), {100});
    EXPECT_EQ(lag.behind(at(60), "near"), 0s);
    lag.note(at(60), {101});
    EXPECT_EQ(lag.behind(at(61), "near"), 1s);
}

TEST(LogLagTest, WhoIsBehindForDaysIsCountedFromAboutTheSameMoment) {
    LogLag lag;
    lag.note("near", {50});
    for (int i = 0; i < 50'000; ++i) lag.note(at(i), {100 + static_cast<std::uint64_t>(i)});
    EXPECT_EQ(lag.behind(at(50'000), "near"), 50'000s);
    lag.note("near", {100 + 25'000});
    const auto behind = lag.behind(at(50'000), "near");
    EXPECT_NEAR(static_cast<double>(behind.count()), 25'000.0, 100.0);
}

}  // namespace
}  // namespace syncwatch::recovery
