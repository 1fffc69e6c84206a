#include <set>

#include <gtest/gtest.h>

#include "harness/catalogue_world.h"
#include "recovery/catalogue/catalogue.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

/// Its lists are older than what is there: they lack what came since, or have what went.
class StaleRepository final : public PassingRepository {
public:
    using PassingRepository::PassingRepository;
    Async<std::vector<Entry>> list(std::string prefix) override {
        SW_CO_TRY(auto all, co_await PassingRepository::list(prefix));
        std::erase_if(all, [&](const Entry& each) { return hidden.contains(each.name); });
        for (const std::string& each : ghosts) {
            if (each.starts_with(prefix)) all.push_back({each, 1});
        }
        co_return all;
    }
    Async<std::string> read(std::string name) override {
        ++reads;
        // As an S3 store's: absent, and yet it is listed.
        if (ghosts.contains(name)) {
            co_return fail_unavailable("backup", name + " was not found, and yet it is listed", 5s);
        }
        co_return co_await PassingRepository::read(std::move(name));
    }

    std::set<std::string> hidden;
    std::set<std::string> ghosts;
    int reads = 0;
};

class CatalogueUnlistedTest : public CatalogueWorld {
protected:
    std::string name_of(const BackupRecord& record) const {
        return catalogue_.names().record(record);
    }
    Survey survey_stale() { return must(run_to_end(stale_catalogue_.survey())); }

    StaleRepository stale_{*near_};
    Catalogue stale_catalogue_ = open({{"near", &stale_}});
};

TEST_F(CatalogueUnlistedTest, WhatTheChainKnowsIsAskedForByItsName) {
    const BackupRecord first = stored();
    const BackupRecord second = stored();
    const BackupRecord third = stored();
    for (const auto& each : {first, second, third}) add(each);
    stale_.hidden = {name_of(first), name_of(second)};
    const Survey all = survey_stale();
    ASSERT_EQ(all.backups.size(), 3u);
    EXPECT_EQ(all.backups[0].record().id, first.id) << "in order";
    EXPECT_TRUE(all.chain_faults().empty()) << "nothing is gone";
    ASSERT_EQ(all.unlisted.size(), 2u);
    EXPECT_EQ(all.unlisted[0].place, "near");

    const auto kept = expire(all.history_of("sqlite"), {1s, 1}, clock_.wall() + 24h);
    EXPECT_TRUE(kept.goes.empty()) << "who does not list these may not list others";
    EXPECT_NE(kept.stays.at(0).why.at(0).find("near does not list all"), std::string::npos);
    const auto refused = run_to_end(stale_catalogue_.remove("sqlite", {first.id}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_TRUE(has(*near_, name_of(first)));
    stale_.hidden.clear();
    EXPECT_TRUE(survey_stale().unlisted.empty());
    EXPECT_TRUE(must(run_to_end(stale_catalogue_.remove("sqlite", {first.id}))).empty());
}

TEST_F(CatalogueUnlistedTest, WhatWasThereTheLastTimeIsAskedForTheNewestToo) {
    add(stored());
    const BackupRecord newest = stored();
    add(newest);
    EXPECT_EQ(survey_stale().backups.size(), 2u);
    stale_.hidden = {name_of(newest)};
    EXPECT_EQ(survey_stale().backups.size(), 2u);
    // Of a process that has just begun, the other place knows.
    Catalogue both = open({{"near", &stale_}, {"far", far_.get()}});
    const Survey all = must(run_to_end(both.survey()));
    EXPECT_EQ(found(all, newest.id).places.size(), 2u);
    EXPECT_TRUE(all.missing.empty()) << "it is missing nowhere";
}

TEST_F(CatalogueUnlistedTest, WhatIsReallyGoneIsSaidAndWhatExpiredIsNotAskedFor) {
    const BackupRecord expired = stored();
    const BackupRecord lost = stored();
    add(expired);
    add(lost);
    add(stored());
    must(run_to_end(catalogue_.remove("sqlite", {expired.id})));
    (void)survey_stale();
    stale_.reads = 0;
    (void)survey_stale();
    const int usual = stale_.reads;
    EXPECT_EQ(survey_stale().unlisted.size(), 0u);
    EXPECT_EQ(stale_.reads, 2 * usual);
    must(run_to_end(near_->remove(name_of(lost))));
    const Survey after = survey_stale();
    EXPECT_TRUE(after.unlisted.empty());
    ASSERT_EQ(after.chain_faults().size(), 1u);
    EXPECT_NE(after.chain_faults()[0].what.find("is gone, and nothing expired it"),
              std::string::npos);
}

TEST_F(CatalogueUnlistedTest, WhatWentAndIsListedStillIsNoBackup) {
    const BackupRecord gone = stored();
    add(gone);
    add(stored());
    must(run_to_end(catalogue_.remove("sqlite", {gone.id})));
    stale_.ghosts = {name_of(gone)};
    const Survey all = survey_stale();
    EXPECT_EQ(all.backups.size(), 1u);
    EXPECT_TRUE(all.faults().empty());
    EXPECT_EQ(all.away.size(), 1u) << "it is said";
}

}  // namespace
}  // namespace syncwatch::recovery
