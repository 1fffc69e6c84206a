#include "recovery/backups/due.h"

#include <gtest/gtest.h>

#include "harness/made_backups.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

/// Something of which only the name and the kinds matter here.
class Named final : public BackupComponent {
public:
    Named(std::string name, std::vector<BackupKind> kinds)
        : name_(std::move(name)), kinds_(std::move(kinds)) {}
    const std::string& name() const override { return name_; }
    std::vector<BackupKind> kinds() const override { return kinds_; }
    Async<BackupRecord> run(Request) override { co_return BackupRecord(); }
    Async<Verification> verify(BackupRecord, VerifyLevel, TellProgress) override {
        co_return Verification();
    }
    Async<std::vector<Window>> windows(BackupHistory) override { co_return std::vector<Window>(); }
    Async<> forget(std::vector<BackupRecord>) override { co_return Result<>(); }

private:
    const std::string name_;
    const std::vector<BackupKind> kinds_;
};

class DueTest : public testing::Test {
protected:
    DueTest() {
        plan_.backups["database"].runs = {{"full", schedule("Sun 02:00")},
                                          {"differential", schedule("daily 02:00")},
                                          {"log", schedule("continuous")}};
        plan_.backups["redis"].runs = {{"snapshot", schedule("hourly")}};
        plan_.backups["config"].runs = {{"bundle", schedule("on change")}};
    }
    static Schedule schedule(const char* text) { return *Schedule::parse(text); }
    void add(const std::string& component, BackupKind kind, WallTime started) {
        Catalogued one;
        one.stored.record.component = component;
        one.stored.record.kind = kind;
        one.stored.record.started = started;
        survey_.backups.push_back(one);
    }
    /// "pg full", "redis snapshot".
    std::vector<std::string> due_at(WallTime now) const {
        return words(due(plan_, survey_, all_, now));
    }
    std::vector<std::string> overdue_at(WallTime now) const {
        return words(overdue(plan_, survey_, all_, now));
    }
    static std::vector<std::string> words(const std::vector<Due>& runs) {
        std::vector<std::string> texts;
        for (const Due& each : runs) {
            texts.push_back(each.component + " " + std::string(word(each.kind)) +
                            (each.if_changed ? " if changed" : ""));
        }
        return texts;
    }

    using Words = std::vector<std::string>;
    static constexpr WallTime kSunday =
        std::chrono::sys_days(std::chrono::year(2026) / 11 / 29) + 2h;
    Named pg_{"pg", {BackupKind::Full, BackupKind::Differential, BackupKind::Incremental}};
    Named redis_{"redis", {BackupKind::Snapshot}};
    Named config_{"config", {BackupKind::Snapshot}};
    Plan plan_;
    Survey survey_;
    std::vector<BackupComponent*> all_{&pg_, &redis_, &config_};
};

TEST_F(DueTest, WithoutAnyBackupAllIsDueAtOnce) {
    EXPECT_EQ(due_at(kSunday + 30h), (Words{"pg full", "redis snapshot", "config snapshot"}));
}

TEST_F(DueTest, ARunIsDueFromItsTimeOnUntilOneWasBegun) {
    all_ = {&pg_};
    add("pg", BackupKind::Full, kSunday + 1min);
    EXPECT_EQ(due_at(kSunday + 2h), Words());
    EXPECT_EQ(due_at(kSunday + 24h - 1s), Words());
    EXPECT_EQ(due_at(kSunday + 24h), Words{"pg diff"});
    add("pg", BackupKind::Differential, kSunday + 24h);
    EXPECT_EQ(due_at(kSunday + 24h), Words());
    EXPECT_EQ(due_at(kSunday + 47h), Words());
    // On Sunday both are, and a full one is as good as a differential.
    EXPECT_EQ(due_at(kSunday + 24h * 7), Words{"pg full"});
}

TEST_F(DueTest, OnChangeIsAskedEachTime) {
    all_ = {&config_};
    EXPECT_EQ(due_at(kSunday), Words{"config snapshot"});
    add("config", BackupKind::Snapshot, kSunday);
    EXPECT_EQ(due_at(kSunday), Words{"config snapshot if changed"});
}

TEST_F(DueTest, WhatCannotBeMadeOrIsNotPlannedIsNotDue) {
    plan_.backups.erase("redis");
    plan_.backups.erase("config");
    Named plain{"sqlite", {}};
    all_ = {&plain, &redis_, &config_};
    EXPECT_EQ(due_at(kSunday), Words());
}

TEST_F(DueTest, OnlyWhatIsVeryLateIsOverdue) {
    all_ = {&pg_, &redis_};
    add("pg", BackupKind::Full, kSunday);
    add("redis", BackupKind::Snapshot, kSunday);
    EXPECT_EQ(overdue_at(kSunday + 1h + 14min), Words());
    EXPECT_EQ(overdue_at(kSunday + 1h + 15min), Words{"redis snapshot"});
    add("redis", BackupKind::Snapshot, kSunday + 26h);
    EXPECT_EQ(overdue_at(kSunday + 26h), Words());  // A tenth of a day is 144 minutes.
    EXPECT_EQ(overdue_at(kSunday + 26h + 25min), Words{"pg diff"});
}

TEST_F(DueTest, ATestIsDueFromItsTimeOnUntilOneWasDone) {
    plan_.restore_test = schedule("daily 04:00");
    all_ = {&redis_};
    const auto tests = [&](WallTime now) { return tests_due(plan_, survey_, all_, now); };
    EXPECT_EQ(tests(kSunday + 3h), Words());  // There is nothing to restore yet.
    add("redis", BackupKind::Snapshot, kSunday);
    survey_.backups.back().stored.record.id = backup_id(1);
    EXPECT_EQ(tests(kSunday + 3h), Words{"redis"});
    Verification look;
    look.backup = backup_id(1);
    look.at = kSunday + 3h;
    look.level = VerifyLevel::Structure;
    survey_.verifications = {look};
    EXPECT_EQ(tests(kSunday + 3h), Words{"redis"});  // Not thorough enough.
    survey_.verifications.front().level = VerifyLevel::Restore;
    EXPECT_EQ(tests(kSunday + 3h), Words());
    EXPECT_EQ(tests(kSunday + 26h), Words{"redis"});
}

TEST_F(DueTest, WhatWasMadeWhileAClockWasAYearAheadCountsWhenThatTimeHasCome) {
    plan_.restore_test = schedule("daily 04:00");
    all_ = {&redis_};
    add("redis", BackupKind::Snapshot, kSunday + 24h * 365);
    survey_.backups.back().stored.record.id = backup_id(1);
    Verification look;
    look.backup = backup_id(1);
    look.at = kSunday + 24h * 365;
    look.level = VerifyLevel::Restore;
    survey_.verifications = {look};
    EXPECT_EQ(due_at(kSunday), Words{"redis snapshot"});
    EXPECT_EQ(overdue_at(kSunday + 20min), Words{"redis snapshot"});
    EXPECT_EQ(tests_due(plan_, survey_, all_, kSunday), Words{"redis"});
    EXPECT_EQ(due_at(kSunday + 24h * 365), Words());
    // Of another node, whose clock is a little ahead of ours.
    add("redis", BackupKind::Snapshot, kSunday + 2min);
    EXPECT_EQ(due_at(kSunday), Words());
}

TEST_F(DueTest, OfOneComponentItIsSaidWhenTheNextIsWantedAndSinceWhenOneIsLate) {
    const auto of = [&](const char* component, const BackupComponent& like, WallTime now) {
        return wanted(plan_, survey_, component, like.kinds(), now);
    };
    add("redis", BackupKind::Snapshot, kSunday);
    EXPECT_EQ(of("redis", redis_, kSunday + 5min).next, kSunday + 1h);
    EXPECT_EQ(of("redis", redis_, kSunday + 5min).overdue, std::nullopt);
    EXPECT_EQ(of("redis", redis_, kSunday + 65min).next, kSunday + 1h);
    EXPECT_EQ(of("redis", redis_, kSunday + 65min).overdue, std::nullopt);
    EXPECT_EQ(of("redis", redis_, kSunday + 80min).overdue, kSunday + 1h);
    add("pg", BackupKind::Full, kSunday);
    EXPECT_EQ(of("pg", pg_, kSunday + 5min).next, kSunday + 24h);
    add("config", BackupKind::Snapshot, kSunday);
    EXPECT_EQ(of("config", config_, kSunday + 240h).next, std::nullopt);
    EXPECT_EQ(of("nothing", pg_, kSunday).next, std::nullopt);
}

}  // namespace
}  // namespace syncwatch::recovery
