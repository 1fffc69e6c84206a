#include "recovery/catalogue/retention.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/made_backups.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

/// Backups of which those of the last hour are kept.
class RetentionTest : public testing::Test {
protected:
    Expiry expire_at(int now, std::uint64_t keep_full = 1) {
        history_.records = made_.all;
        return expire(history_, Retention{1h, keep_full}, minute(now));
    }
    static bool stays(const Expiry& expiry, BackupId id) {
        return std::ranges::find(expiry.stays, id, &Stay::backup) != expiry.stays.end();
    }
    static std::string why(const Expiry& expiry, BackupId id) {
        const auto found = std::ranges::find(expiry.stays, id, &Stay::backup);
        if (found == expiry.stays.end()) return "it goes";
        std::string all;
        for (const std::string& each : found->why) all += (all.empty() ? "" : "; ") + each;
        return all;
    }
    void verify(BackupId id, int at, VerifyLevel level, bool sound = true) {
        history_.verifications.push_back({id, minute(at), level, sound, "", 0ms, 0, {}});
    }

    MadeBackups made_;
    BackupHistory history_;
};

TEST_F(RetentionTest, OldOnesGoAndTheNewestFromBeforeTheKeptTimeStays) {
    const auto oldest = made_.full(0);
    const auto old = made_.full(30);
    const auto young = made_.full(100);
    const auto expiry = expire_at(120);
    EXPECT_EQ(expiry.goes, std::vector{oldest});
    EXPECT_EQ(why(expiry, old),
              "it is the newest from before the time that is kept; it is the newest full backup "
              "from before the time that is kept");
    EXPECT_EQ(why(expiry, young),
              "it is from the last 60 min, which are kept; it is the last full backup");
}

TEST_F(RetentionTest, WhatIsKeptForEverStays) {
    made_.full(0);
    made_.full(30);
    history_.records = made_.all;
    const auto expiry = expire(history_, Retention{std::nullopt, 1}, minute(100'000));
    EXPECT_TRUE(expiry.goes.empty());
    EXPECT_EQ(expiry.stays.size(), 2u);
}

TEST_F(RetentionTest, AsManyFullOnesAsThePlanSaysStayHoweverOld) {
    for (int i = 0; i < 5; ++i) made_.full(i);
    const auto expiry = expire_at(10'000, 3);
    EXPECT_EQ(expiry.goes, (std::vector{backup_id(1), backup_id(2)}));
    EXPECT_EQ(why(expiry, backup_id(3)), "it is one of the last 3 full backups");
    EXPECT_EQ(expire_at(10'000, 0).stays.size(), 1u) << "never the last one";
}

TEST_F(RetentionTest, ChildrenGoBeforeWhatTheyStandOnAndKeepIt) {
    const auto old = made_.full(0);
    const auto old_diff = made_.diff(10, {old});
    const auto old_log = made_.log(10, 20, {old_diff});
    const auto full = made_.full(30);
    const auto diff = made_.diff(40, {full});
    made_.full(100);
    const auto expiry = expire_at(130);
    EXPECT_EQ(expiry.goes, (std::vector{old_log, old_diff, old}));
    EXPECT_EQ(why(expiry, diff), "it is the newest from before the time that is kept");
    EXPECT_NE(why(expiry, full).find(diff.text() + " stands on it"), std::string::npos);
}

TEST_F(RetentionTest, TheLogFromAnOldBackupIntoTheKeptTimeStays) {
    const auto full = made_.full(0);
    const auto first = made_.log(0, 30, {full});
    const auto second = made_.log(30, 80, {first});
    const auto third = made_.log(80, 120, {second});
    made_.full(120);
    const auto expiry = expire_at(120);
    EXPECT_TRUE(expiry.goes.empty()) << "the moment 60 needs all of it";
    for (const auto& each : {full, first, second, third}) EXPECT_TRUE(stays(expiry, each));
    EXPECT_NE(why(expiry, first).find("moments since 2026-01-01T01:00:00.000Z need it"),
              std::string::npos)
        << why(expiry, first);
}

TEST_F(RetentionTest, WhereANewerBackupReachesTheSameMomentsTheOlderOneGoes) {
    const auto old = made_.full(0);
    const auto before = made_.log(0, 30, {old});
    const auto later = made_.full(30);
    const auto log = made_.log(30, 120, {before, later});
    std::ranges::reverse(made_.all);  // Their order is not that of moments.
    const auto expiry = expire_at(120);
    EXPECT_TRUE(stays(expiry, later));
    EXPECT_TRUE(stays(expiry, log));
    EXPECT_EQ(expiry.goes, (std::vector{before, old}));
}

TEST_F(RetentionTest, WhereTheNewestCannotReachAnOlderOneStays) {
    const auto old = made_.full(0);
    const auto log = made_.log(0, 100, {old});
    const auto alone = made_.full(30);  // No log knows it.
    const auto expiry = expire_at(110);
    EXPECT_TRUE(stays(expiry, old)) << "the moments from 50 to 100 are its alone";
    EXPECT_TRUE(stays(expiry, log));
    EXPECT_TRUE(stays(expiry, alone));
}

TEST_F(RetentionTest, WhatIsPinnedStaysWithAllThatItStandsOn) {
    const auto full = made_.full(0);
    const auto log = made_.log(0, 5, {full});
    const auto next = made_.log(5, 10, {log});
    const auto other = made_.log(10, 15, {next});
    made_.full(500);
    history_.pinned = {next};
    const auto expiry = expire_at(600);
    EXPECT_EQ(why(expiry, next), "it is pinned");
    EXPECT_EQ(why(expiry, log), "a log that stays is replayed on it");
    EXPECT_TRUE(stays(expiry, full));
    EXPECT_EQ(expiry.goes, std::vector{other});
}

TEST_F(RetentionTest, TheLastThatWasVerifiedStaysAndTheLastThatWasRestored) {
    const auto unseen = made_.full(0);
    const auto restored = made_.full(1);
    const auto sound = made_.full(2);
    const auto damaged = made_.full(3);
    const auto newest = made_.full(500);
    verify(restored, 10, VerifyLevel::Restore);
    verify(sound, 10, VerifyLevel::Checksums);
    verify(damaged, 10, VerifyLevel::Restore);
    verify(damaged, 11, VerifyLevel::Checksums, false);
    const auto expiry = expire_at(10'000);
    EXPECT_EQ(why(expiry, restored), "it is the last that was restored to see whether it can be");
    EXPECT_EQ(why(expiry, sound), "it is the last that was verified");
    EXPECT_TRUE(stays(expiry, newest));
    EXPECT_EQ(expiry.goes, (std::vector{unseen, damaged}));
}

TEST_F(RetentionTest, OneThatWasFoundDamagedCountsForNothing) {
    const auto sound = made_.full(0);
    const auto damaged = made_.full(10);
    verify(damaged, 20, VerifyLevel::Checksums, false);
    const auto expiry = expire_at(1000);
    EXPECT_NE(why(expiry, sound).find("it is the last full backup"), std::string::npos);
    EXPECT_FALSE(stays(expiry, damaged));
}

TEST(RetentionOfTest, ThePlanSaysIt) {
    Plan plan;
    plan.backups["database"] = {{}, 720h, 5, ""};
    plan.backups["redis"] = {{}, 168h, 2, ""};
    EXPECT_EQ(retention_of(plan, "pg"), (Retention{720h, 5}));
    EXPECT_EQ(retention_of(plan, "sqlite"), (Retention{720h, 5}));
    EXPECT_EQ(retention_of(plan, "redis"), (Retention{168h, 2}));
    EXPECT_EQ(retention_of(plan, "objects").keep, std::nullopt) << "nobody said that it may go";
}

}  // namespace
}  // namespace syncwatch::recovery
