#include "apps/backup/lookout.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "adapters/sql_media/sql_replica_ledger.h"
#include "adapters/sql_notices/sql_lease_store.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/plan/plan_source.h"
#include "base/async/run_to_end.h"
#include "harness/must.h"
#include "harness/temp_database.h"
#include "harness/temp_folder.h"
#include "recovery/backups/rounds.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// An installation with SQLite, two folders for backups, and nothing in them yet.
class LookoutTest : public testing::Test {
protected:
    LookoutTest() {
        settings_.data.dir = folder_.path() / "data";
        settings_.node.name = "node-a";
        fs::create_directory(settings_.data.dir);
        plan_ = must(load_plan({}));
        for (const char* each : {"near", "far"}) {
            fs::create_directory(folder_.path() / each);
            plan_.repositories[each].url = "file:" + (folder_.path() / each).string();
        }
    }
    ~LookoutTest() override { pool_.join(); }

    void open_desk() {
        desk_ = must(BackupDesk::open(settings_, plan_, kCluster, "1", {clock_, random_, pool_}));
    }
    Outlook look() {
        Lookout lookout(kCluster, {settings_, plan_, desk_.get(), &replicas_, &leases_, clock_,
                                   random_, pool_});
        return must(run_to_end(lookout.look()));
    }
    static const ComponentOutlook& of(const Outlook& outlook, const std::string& component) {
        for (const ComponentOutlook& each : outlook.components) {
            if (each.standing.component == component) return each;
        }
        throw std::runtime_error("nothing of " + component);
    }
    static std::string reason(const Outlook& outlook, const std::string& component) {
        return std::string(word(of(outlook, component).judgement.reason));
    }
    void back_up_settings() {
        recovery::Backups::Order order;
        order.component = "config";
        must(run_to_end(desk_->backups().run(std::move(order), nullptr)));
    }

    static constexpr const char* kCluster = "cluster-1";
    TempFolder folder_;
    TempDatabase database_;
    SystemClock clock_;
    SystemRandom random_;
    net::thread_pool pool_{1};
    sql::SqlReplicaLedger replicas_{database_.get()};
    sql::SqlLeaseStore leases_{database_.get()};
    config::Settings settings_;
    recovery::Plan plan_;
    std::unique_ptr<BackupDesk> desk_;
};

TEST_F(LookoutTest, WhereNothingIsBackedUpItSaysOfEachWhy) {
    open_desk();
    const Outlook outlook = look();
    EXPECT_EQ(reason(outlook, "sqlite"), "no_backup");
    EXPECT_EQ(of(outlook, "sqlite").command, "syncwatch health");
    EXPECT_EQ(reason(outlook, "config"), "no_backup");
    EXPECT_EQ(of(outlook, "config").command, "syncwatch backup run --component config");
    EXPECT_EQ(reason(outlook, "secrets"), "not_planned");
    EXPECT_EQ(reason(outlook, "objects"), "no_backup");  // There is no second store.
    EXPECT_EQ(outlook.summary().loss, std::nullopt);
    EXPECT_EQ(outlook.leader, std::nullopt);
}

TEST_F(LookoutTest, WhatIsBackedUpIsWeighedAndSaidUntilWhenAndInHowManyPlaces) {
    open_desk();
    back_up_settings();
    EXPECT_EQ(reason(look(), "config"), "never_restored");
    const auto survey = must(run_to_end(desk_->catalogue().survey()));
    const auto id = survey.backups.at(0).record().id;
    must(run_to_end(desk_->backups().verify(id, recovery::VerifyLevel::Restore, nullptr)));
    must(run_to_end(leases_.hold(recovery::Rounds::kLease, lease_holder("node-a", "0a1b"),
                                 clock_.wall(), 60s)));

    const Outlook outlook = look();
    const ComponentOutlook& config = of(outlook, "config");
    EXPECT_EQ(reason(outlook, "config"), "none");
    EXPECT_TRUE(config.standing.on_change);
    EXPECT_EQ(config.windows.size(), 1U);
    EXPECT_NE(config.standing.restored, WallTime{});
    EXPECT_EQ(outlook.leader, "node-a");
    ASSERT_EQ(outlook.repositories.size(), 2U);
    EXPECT_GT(outlook.repositories[0].bytes, 0U);
    EXPECT_EQ(outlook.repositories[0].bytes, outlook.repositories[1].bytes);
}

TEST_F(LookoutTest, APlaceThatIsAwayIsNamedAndTheOtherStillTells) {
    open_desk();
    back_up_settings();
    fs::remove_all(folder_.path() / "near");
    const Outlook outlook = look();
    EXPECT_FALSE(outlook.trouble);
    EXPECT_FALSE(outlook.repositories[0].trouble.empty());
    EXPECT_TRUE(outlook.repositories[1].trouble.empty());
    EXPECT_EQ(reason(outlook, "config"), "never_restored");
}

TEST_F(LookoutTest, WhereNoPlaceCanBeOpenedNobodyCanSay) {
    fs::remove_all(folder_.path());
    const Outlook outlook = look();
    EXPECT_TRUE(outlook.trouble);
    EXPECT_FALSE(outlook.repositories.at(0).trouble.empty());
    EXPECT_EQ(reason(outlook, "sqlite"), "away");
    EXPECT_EQ(reason(outlook, "config"), "away");
    EXPECT_EQ(outlook.summary().away, (std::vector<std::string>{"config", "sqlite"}));
}

}  // namespace
}  // namespace syncwatch::apps
