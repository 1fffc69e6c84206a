#include "apps/restore/store_check.h"

#include <gtest/gtest.h>

#include "harness/two_stores_world.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using Keys = std::vector<std::string>;

class StoreCheckTest : public testing::Test, protected TwoStoresWorld {
protected:
    StoreReport look(StoreCheck::Then then) {
        StoreCheck check({database.get(), replicas, first, &second, clock});
        return must(run_to_end(check.run(then)));
    }
};

TEST_F(StoreCheckTest, WhatIsThereAndKnownIsNotTold) {
    copied("videos/a/1/a.m4s", "aaa");
    stored("videos/a/1/b.m4s", "b");
    const StoreReport report = look(StoreCheck::Then::Mark);
    EXPECT_EQ(report.objects, 2u);
    EXPECT_EQ(report.waiting, 1u) << "it is still to be copied";
    EXPECT_EQ(report.lost, Keys());
    EXPECT_EQ(report.not_in_first, Keys());
    EXPECT_EQ(report.not_in_second, Keys());
    EXPECT_EQ(report.unknown, Keys());
    EXPECT_EQ(report.marked, 0u);
    EXPECT_EQ(report.rows.at("users"), 0);
}

TEST_F(StoreCheckTest, WhatIsMissingIsListedAndMarkedForRepair) {
    for (const char* key : {"videos/a/1/a.m4s", "videos/a/1/b.m4s", "videos/a/1/c.m4s"}) {
        copied(key, key);
    }
    fs::remove(in_first("videos/a/1/a.m4s"));
    fs::remove(in_second("videos/a/1/b.m4s"));
    fs::remove(in_first("videos/a/1/c.m4s"));
    fs::remove(in_second("videos/a/1/c.m4s"));
    const StoreReport told = look(StoreCheck::Then::Tell);
    EXPECT_EQ(told.not_in_first, Keys{"videos/a/1/a.m4s"});
    EXPECT_EQ(told.not_in_second, Keys{"videos/a/1/b.m4s"});
    EXPECT_EQ(told.lost, Keys{"videos/a/1/c.m4s"});
    EXPECT_EQ(told.marked, 0u);
    EXPECT_EQ(must(run_to_end(replicas.faulty(10))).size(), 0u);
    EXPECT_EQ(look(StoreCheck::Then::Mark).marked, 3u);
    EXPECT_EQ(must(run_to_end(replicas.faulty(10))).size(), 3u);
    EXPECT_EQ(look(StoreCheck::Then::Mark).marked, 0u) << "once";
}

TEST_F(StoreCheckTest, WhatNobodyKnowsIsToldAndStays) {
    copied("videos/a/1/a.m4s", "aaa");
    must(run_to_end(first.put("videos/b/1/later.m4s", "x")));
    must(run_to_end(second.put("videos/c/1/later.m4s", "x")));
    const StoreReport report = look(StoreCheck::Then::Mark);
    EXPECT_EQ(report.unknown, (Keys{"videos/b/1/later.m4s", "videos/c/1/later.m4s"}));
    EXPECT_TRUE(fs::exists(in_first("videos/b/1/later.m4s")));
}

TEST_F(StoreCheckTest, WhatIsBeingRemovedIsNeitherMissingNorUnknown) {
    copied("videos/a/1/a.m4s", "aaa");
    copied("videos/a/1/b.m4s", "bbb");
    auto work = [](sql::Connection& db) -> Result<> {
        SW_CHECK(db.run("INSERT INTO doomed (key) VALUES ('videos/a')"));
        return {};
    };
    must(run_to_end(database.get().write(std::move(work))));
    fs::remove(in_first("videos/a/1/a.m4s"));
    const StoreReport report = look(StoreCheck::Then::Mark);
    EXPECT_EQ(report.objects, 0u);
    EXPECT_EQ(report.unknown, Keys());
    EXPECT_EQ(report.marked, 0u);
    EXPECT_EQ(report.rows.at("trash"), 1);
}

}  // namespace
}  // namespace syncwatch::apps
