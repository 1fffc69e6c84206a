#include "services/objects/store_census.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/two_stores_world.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
using Kind = StoreCensus::Finding::Kind;

/// A clock of the next day, for which nothing in the stores is young.
class Tomorrow final : public Clock {
public:
    Instant now() const override { return real_.now(); }
    WallTime wall() const override { return real_.wall() + std::chrono::hours(24); }
    net::awaitable<void> sleep_until(Instant when) override { co_await real_.sleep_until(when); }

private:
    SystemClock real_;
};

class StoreCensusTest : public testing::Test {
protected:
    /// What it found, by key.
    Result<> count(const Clock& clock) {
        found_.clear();
        StoreCensus census(
            {world_.first, &world_.second, world_.replicas, clock},
            [this](const StoreCensus::Finding& each) -> Result<> {
                found_[each.key] = each;
                return {};
            },
            [](const StoreCensus::Tally&) {});
        const Result<> done = run_to_end(census.run());
        tally_ = census.tally();
        return done;
    }
    Result<> count() { return count(tomorrow_); }
    void remove(const fs::path& file) { EXPECT_TRUE(fs::remove(file)); }
    void repair() {
        const WallTime now = tomorrow_.wall();
        const auto faulty = run_to_end(world_.replicas.claim_faulty(100, now, now)).value();
        for (const StoredBlob& each : faulty) (void)run_to_end(world_.mender->mend(each));
    }
    ObjectFault fault(const std::string& key) { return world_.line(key).fault; }

    TwoStoresWorld world_;
    Tomorrow tomorrow_;
    std::map<std::string, StoreCensus::Finding> found_;
    StoreCensus::Tally tally_;
};

TEST_F(StoreCensusTest, NothingIsWrongWhereEverythingIsThere) {
    world_.copied("videos/1/a", "one");
    world_.copied("videos/1-/a", "two");
    world_.stored("videos/10/a", "not copied yet");
    ASSERT_TRUE(run_to_end(world_.first.put("health/probe", "x"))) << "not a film's";
    ASSERT_TRUE(count());
    EXPECT_TRUE(found_.empty());
    EXPECT_EQ(tally_.objects, 3u);
    EXPECT_EQ(tally_.bytes, 20u);
    EXPECT_EQ(tally_.first, 3u);
    EXPECT_EQ(tally_.second, 2u);
    EXPECT_EQ(tally_.waiting, 1u);
}

TEST_F(StoreCensusTest, WhatAStoreLacksIsDamagedAndWhatBothLackIsLost) {
    for (const char* key : {"a", "b", "c", "d", "e"}) {
        world_.copied(fmt::format("videos/1/{}", key), "bytes");
    }
    world_.stored("videos/1/f", "never copied");
    remove(world_.in_first("videos/1/a"));
    remove(world_.in_second("videos/1/b"));
    fs::resize_file(world_.in_first("videos/1/c"), 2);
    remove(world_.in_first("videos/1/d"));
    remove(world_.in_second("videos/1/d"));
    remove(world_.in_first("videos/1/f"));
    ASSERT_TRUE(count());
    ASSERT_EQ(found_.size(), 5u);
    EXPECT_EQ(found_["videos/1/a"].kind, Kind::Damaged);
    EXPECT_EQ(found_["videos/1/a"].first, Condition::Missing);
    EXPECT_EQ(found_["videos/1/b"].second, Condition::Missing);
    EXPECT_EQ(found_["videos/1/c"].first, Condition::Truncated);
    EXPECT_EQ(found_["videos/1/d"].kind, Kind::Lost);
    EXPECT_EQ(found_["videos/1/f"].kind, Kind::Lost);
    EXPECT_EQ(tally_.damaged, 3u);
    EXPECT_EQ(tally_.lost, 2u);
    EXPECT_EQ(tally_.lost_bytes, 17u);
    EXPECT_EQ(fault("videos/1/a"), ObjectFault::Damaged) << "repair will find it";
    EXPECT_EQ(fault("videos/1/e"), ObjectFault::None);
    repair();
    ASSERT_TRUE(count());
    EXPECT_EQ(found_.size(), 2u) << "what had a copy has two again";
}

TEST_F(StoreCensusTest, WhatAListingLacksIsAskedForBeforeItCountsAsMissing) {
    world_.copied("videos/1/a", "bytes");
    world_.copied("videos/1/b", "bytes");
    world_.first.unlisted = {"videos/1/a", "videos/1/b"};
    world_.second.unlisted = {"videos/1/b"};
    ASSERT_TRUE(count());
    EXPECT_TRUE(found_.empty());
    EXPECT_EQ(tally_.stale, 2u);
    EXPECT_EQ(fault("videos/1/b"), ObjectFault::None);
}

TEST_F(StoreCensusTest, WhatNobodyAnswersAboutIsNeitherLostNorDamaged) {
    world_.copied("videos/1/a", "bytes");
    world_.first.unlisted = {"videos/1/a"};
    world_.first.says_no_size = true;
    remove(world_.in_second("videos/1/a"));
    ASSERT_TRUE(count());
    EXPECT_TRUE(found_.empty());
    EXPECT_EQ(tally_.unsure, 1u);
    EXPECT_EQ(fault("videos/1/a"), ObjectFault::None);
}

TEST_F(StoreCensusTest, AStoreThatStopsToAnswerEndsItAndNothingIsLost) {
    for (int i = 0; i < 40; ++i) {
        const std::string key = fmt::format("videos/1/{:03}", i);
        world_.stored(key, "x");
        world_.first.unlisted.insert(key);
    }
    world_.first.says_no_size = true;
    EXPECT_EQ(count().error().code, ErrorCode::Unavailable);
    EXPECT_TRUE(found_.empty());
    EXPECT_EQ(tally_.lost, 0u);
    world_.second.away = true;
    EXPECT_EQ(count().error().code, ErrorCode::Unavailable);
}

TEST_F(StoreCensusTest, WhatNobodyKnowsOfIsAnOrphanUnlessItIsYoungOrAboutToGo) {
    world_.copied("videos/1/a", "bytes");
    ASSERT_TRUE(run_to_end(world_.first.put("videos/1/z", "waste")));
    ASSERT_TRUE(run_to_end(world_.second.put("videos/0/x", "waste")));
    ASSERT_TRUE(count());
    ASSERT_EQ(found_.size(), 2u);
    EXPECT_EQ(found_["videos/1/z"].kind, Kind::Orphan);
    EXPECT_EQ(found_["videos/1/z"].first, Condition::Whole);
    EXPECT_EQ(found_["videos/1/z"].second, Condition::Missing);
    EXPECT_EQ(found_["videos/0/x"].first, Condition::Missing);
    EXPECT_EQ(tally_.orphan_bytes, 10u);
    ASSERT_TRUE(count(world_.clock));
    EXPECT_TRUE(found_.empty());
    EXPECT_EQ(tally_.young, 2u) << "its line may be on the way";
    EXPECT_EQ(TwoStoresWorld::content(world_.in_first("videos/1/z")), "waste") << "nothing goes";
}

TEST_F(StoreCensusTest, ListsOfSeveralPagesAreReadToTheirEnds) {
    // Of the folder's listing; of the ledger as well.
    constexpr int kMany = 4500;
    std::vector<StoredBlob> lines;
    for (int i = 0; i < kMany; ++i) {
        const std::string key = fmt::format("videos/{}/1/v{}/{:06}.m4s", i % 7, i % 3, i);
        const fs::path file = world_.in_first(key);
        fs::create_directories(file.parent_path());
        std::ofstream(file) << "x";
        lines.push_back({key, 1, sha256(as_bytes("x"))});
    }
    ASSERT_TRUE(run_to_end(world_.media.record(lines, world_.clock.wall())));
    remove(world_.in_first(lines[711].key));
    remove(world_.in_first(lines[4499].key));
    ASSERT_TRUE(count());
    EXPECT_EQ(tally_.objects, 4500u);
    EXPECT_EQ(tally_.first, 4498u);
    ASSERT_EQ(found_.size(), 2u);
    EXPECT_TRUE(found_.contains(lines[711].key));
    EXPECT_TRUE(found_.contains(lines[4499].key));
}

}  // namespace
}  // namespace syncwatch
