#include "recovery/backups/rounds.h"

#include "adapters/sql_notices/sql_lease_store.h"
#include "harness/contents_of.h"
#include "harness/snapshot_world.h"
#include "harness/temp_database.h"
#include "recovery/backups/elsewhere_component.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

/// A component that nobody can look at while a server that is needed for it is away.
class UnseenComponent final : public BackupComponent {
public:
    explicit UnseenComponent(BackupComponent& inner) : inner_(inner) {}

    const std::string& name() const override { return inner_.name(); }
    std::vector<BackupKind> kinds() const override { return inner_.kinds(); }
    Async<BackupRecord> run(Request request) override { return inner_.run(std::move(request)); }
    Async<Verification> verify(BackupRecord record, VerifyLevel level, TellProgress tell) override {
        if (is_away) co_return fail(ErrorCode::Unavailable, "there is no server to restore into");
        co_return co_await inner_.verify(std::move(record), level, std::move(tell));
    }
    Async<std::vector<Window>> windows(BackupHistory history) override {
        return inner_.windows(std::move(history));
    }
    Async<> forget(std::vector<BackupRecord> gone) override {
        return inner_.forget(std::move(gone));
    }

    bool is_away = true;

private:
    BackupComponent& inner_;
};

class RoundsTest : public SnapshotWorld {
protected:
    static Plan plan(const char* schedule) {
        Plan plan;
        plan.backups["lines"].runs = {{"snapshot", *Schedule::parse(schedule)}};
        plan.backups["lines"].keep = 24h;
        plan.backups["lines"].keep_full = 1;
        plan.restore_test = Schedule::parse("daily 04:00");
        plan.read_again_within = 240h;
        return plan;
    }
    Rounds rounds(const char* schedule, const char* holder = "a") {
        return Rounds(plan(schedule), {backups_, leases_, clock_, holder});
    }
    static void go(Rounds& rounds) { run_to_end(rounds.go_round()); }
    std::size_t backups() { return survey().records_of("lines").size(); }
    std::size_t looks(VerifyLevel level) {
        const auto all = survey().verifications;
        return static_cast<std::size_t>(std::ranges::count(all, level, &Verification::level));
    }

    TempDatabase database_;
    sql::SqlLeaseStore leases_{database_.get()};
};

TEST_F(RoundsTest, WhatIsDueIsMadeOnceAndLookedAt) {
    Rounds rounds = this->rounds("hourly");
    go(rounds);
    EXPECT_EQ(backups(), 1U);
    EXPECT_EQ(looks(VerifyLevel::Restore), 1U);
    go(rounds);
    EXPECT_EQ(backups(), 1U);
    clock_.advance(1h);
    go(rounds);
    EXPECT_EQ(backups(), 2U);
    EXPECT_EQ(looks(VerifyLevel::Restore), 1U);  // Once a day.
    const auto status = rounds.status();
    EXPECT_TRUE(status.leads);
    const auto& lines = status.components.at("lines");
    EXPECT_EQ(lines.backed_up, survey().records_of("lines").back().started);
    EXPECT_FALSE(lines.overdue);
    EXPECT_FALSE(lines.damaged);
    EXPECT_EQ(lines.failures, 0U);
}

TEST_F(RoundsTest, OfTwoNodesOneGoesRound) {
    Rounds first = rounds("hourly", "a");
    Rounds second = rounds("hourly", "b");
    go(first);
    clock_.advance(4min);
    go(first);  // It says that it is still there.
    clock_.advance(4min);
    go(second);
    EXPECT_FALSE(second.status().leads);
    EXPECT_EQ(backups(), 1U);
    clock_.advance(1h);  // The first is gone.
    go(second);
    EXPECT_TRUE(second.status().leads);
    EXPECT_EQ(backups(), 2U);
}

TEST_F(RoundsTest, WhoStandsInLeadsOnlyWhileNobodyElseDoes) {
    Rounds node = rounds("hourly", "node");
    Rounds worker(plan("hourly"), {backups_, leases_, clock_, "worker", {}, true});
    go(node);
    go(worker);
    EXPECT_FALSE(worker.status().leads);
    clock_.advance(1h);  // The node is gone.
    go(worker);
    EXPECT_TRUE(worker.status().leads);
    EXPECT_EQ(backups(), 2U);
    clock_.advance(1min);
    go(node);
    EXPECT_TRUE(node.status().leads) << "it waits for no lease of who stands in";
    go(worker);
    EXPECT_FALSE(worker.status().leads);
}

TEST_F(RoundsTest, OnChangeMakesOneForEachChange) {
    Rounds rounds = this->rounds("on change");
    go(rounds);
    go(rounds);
    EXPECT_EQ(backups(), 1U);
    write("new\nend\n");
    go(rounds);
    clock_.advance(10min);
    go(rounds);
    go(rounds);
    EXPECT_EQ(backups(), 2U);
}

TEST_F(RoundsTest, WhatFailsIsTriedAgainLaterAndLaterAndSaid) {
    Rounds rounds = this->rounds("hourly");
    std::filesystem::rename(folder_.path() / "source", folder_.path() / "away");
    go(rounds);
    go(rounds);  // Not again at once.
    auto told = rounds.status().components.at("lines");
    EXPECT_EQ(told.failures, 1U);
    ASSERT_TRUE(told.oldest_trouble());
    EXPECT_EQ(told.oldest_trouble()->words, "there is nothing to take");
    clock_.advance(1min);
    go(rounds);
    clock_.advance(1min);  // Two are needed now.
    go(rounds);
    EXPECT_EQ(rounds.status().components.at("lines").failures, 2U);
    clock_.advance(1h);
    go(rounds);
    told = rounds.status().components.at("lines");
    EXPECT_EQ(told.failures, 3U);
    EXPECT_TRUE(told.overdue);
    std::filesystem::rename(folder_.path() / "away", folder_.path() / "source");
    clock_.advance(1h);
    go(rounds);
    told = rounds.status().components.at("lines");
    EXPECT_FALSE(told.oldest_trouble());
    EXPECT_FALSE(told.overdue);
    EXPECT_EQ(backups(), 1U);
}

TEST_F(RoundsTest, ARunThatSucceedsDoesNotHideALookThatKeepsFailing) {
    UnseenComponent unseen(lines_);
    Backups backups({catalogue_, {&unseen}, clock_, random_, "node-1", "1.0"});
    Rounds rounds(plan("hourly"), {backups, leases_, clock_, "a"});
    const auto told = [&] { return rounds.status().components.at("lines"); };
    go(rounds);
    const WallTime since = clock_.wall();
    ASSERT_TRUE(told().oldest_trouble());
    clock_.advance(1h);
    go(rounds);
    EXPECT_EQ(this->backups(), 2U);
    ASSERT_TRUE(told().oldest_trouble());
    EXPECT_EQ(told().oldest_trouble()->words, "there is no server to restore into");
    EXPECT_EQ(told().oldest_trouble()->since, since);

    std::filesystem::rename(folder_.path() / "source", folder_.path() / "away");
    clock_.advance(1h);
    go(rounds);
    EXPECT_EQ(told().troubles.size(), 2U);
    EXPECT_EQ(told().oldest_trouble()->since, since);
    unseen.is_away = false;
    clock_.advance(1h);
    go(rounds);
    ASSERT_TRUE(told().oldest_trouble());
    EXPECT_EQ(told().oldest_trouble()->words, "there is nothing to take");
}

TEST_F(RoundsTest, WhatSomebodyElseDidIsNoTroubleAnyMore) {
    Rounds rounds = this->rounds("daily 02:00");
    std::filesystem::rename(folder_.path() / "source", folder_.path() / "away");
    go(rounds);
    ASSERT_TRUE(rounds.status().components.at("lines").oldest_trouble());
    std::filesystem::rename(folder_.path() / "away", folder_.path() / "source");
    run(true);  // By command.
    clock_.advance(10min);
    go(rounds);
    EXPECT_FALSE(rounds.status().components.at("lines").oldest_trouble());
    EXPECT_EQ(backups(), 1U);
}

TEST_F(RoundsTest, ThatAnotherMachineMakesNoneAnyMoreIsNoticed) {
    ElsewhereComponent elsewhere("lines", {BackupKind::Snapshot});
    Backups nothing({catalogue_, {}, clock_, random_, "node-1", "1.0"});
    Rounds rounds(plan("hourly"), {nothing, leases_, clock_, "a", {&elsewhere}});
    go(rounds);
    EXPECT_FALSE(rounds.status().components.contains("lines")) << "nobody ever made one";
    run(true);
    clock_.advance(10min);
    go(rounds);
    EXPECT_FALSE(rounds.status().components.at("lines").overdue);
    clock_.advance(2h);
    go(rounds);
    EXPECT_TRUE(rounds.status().components.at("lines").overdue);
    EXPECT_FALSE(rounds.status().components.at("lines").oldest_trouble()) << "not ours to make";
    EXPECT_EQ(this->backups(), 1U);
}

TEST_F(RoundsTest, DamageIsSeenAndSaid) {
    Plan forever = plan("daily 02:00");
    forever.backups["lines"].keep.reset();
    Rounds rounds(forever, {backups_, leases_, clock_, "a"});
    go(rounds);
    for (const char* place : {"near", "far"}) {
        overwrite(stored_file(place, survey().records_of("lines").front()), "xxx\ntwo\nend\n");
    }
    clock_.advance(24h);
    go(rounds);  // The new one is looked at first.
    EXPECT_FALSE(rounds.status().components.at("lines").damaged);
    clock_.advance(24h);
    go(rounds);
    clock_.advance(24h * 8);
    for (int i = 0; i < 4; ++i) go(rounds);
    EXPECT_TRUE(rounds.status().components.at("lines").damaged);
}

TEST_F(RoundsTest, ARecordThatCannotBeBelievedIsDamageToo) {
    Rounds rounds = this->rounds("daily 02:00");
    go(rounds);
    EXPECT_FALSE(rounds.status().components.at("lines").damaged);
    const BackupRecord record = survey().records_of("lines").front();
    std::string edited = contents_of(file_of("near", record));
    edited.replace(edited.find("node-1"), 6, "node-2");
    for (const char* place : {"near", "far"}) overwrite(file_of(place, record), edited);
    Catalogue fresh = open({{"near", near_.get()}, {"far", far_.get()}});
    Backups backups({fresh, {&lines_}, clock_, random_, "node-1", "1.0"});
    Rounds others(plan("daily 02:00"), {backups, leases_, clock_, "a"});
    go(others);
    EXPECT_TRUE(others.status().components.at("lines").damaged);
}

TEST_F(RoundsTest, WhatIsKeptNoLongerGoes) {
    Rounds rounds = this->rounds("daily 02:00");
    for (int day = 0; day < 6; ++day) {
        go(rounds);
        clock_.advance(24h);
    }
    EXPECT_LE(backups(), 3U);
    EXPECT_GE(backups(), 2U);
}

TEST_F(RoundsTest, WithoutAnyPlaceThereIsNoRoundAndThatIsSaid) {
    Rounds rounds = this->rounds("hourly");
    take_away("near");
    take_away("far");
    go(rounds);
    EXPECT_NE(rounds.status().trouble, "");
    bring_back("near");
    go(rounds);
    EXPECT_EQ(rounds.status().trouble, "");
    EXPECT_EQ(backups(), 1U);
}

}  // namespace
}  // namespace syncwatch::recovery
