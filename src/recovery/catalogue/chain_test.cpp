#include "recovery/catalogue/chain.h"

#include <gtest/gtest.h>

#include "harness/made_backups.h"
#include "recovery/catalogue/record_text.h"

namespace syncwatch::recovery {
namespace {

/// Five records, each of which knows the one before.
std::vector<StoredRecord> chained() {
    MadeBackups made;
    for (int i = 0; i < 5; ++i) made.full(i);
    std::vector<StoredRecord> stored;
    for (BackupRecord& each : made.all) {
        if (!stored.empty()) {
            each.previous = ChainLink{stored.back().record.id, stored.back().hash};
        }
        stored.push_back(read_record(write_record(each)).value());
    }
    return stored;
}

TEST(ChainTest, AWholeChainHasNoFault) {
    EXPECT_TRUE(check_chain(chained(), {}).empty());
    EXPECT_TRUE(check_chain({}, {}).empty());
}

TEST(ChainTest, ARecordThatIsGoneShows) {
    for (int gone = 0; gone < 4; ++gone) {
        auto records = chained();
        const BackupId id = records[static_cast<std::size_t>(gone)].record.id;
        records.erase(records.begin() + gone);
        const auto faults = check_chain(records, {});
        ASSERT_EQ(faults.size(), 1u);
        EXPECT_EQ(faults[0].backup, id);
        EXPECT_NE(faults[0].what.find("is gone, and nothing expired it"), std::string::npos);
        EXPECT_NE(faults[0].what.find(id.text()), std::string::npos);

        EXPECT_TRUE(check_chain(records, {}, std::vector{id}).empty())
            << "damage is told elsewhere";
    }
}

TEST(ChainTest, ARecordThatWasChangedShowsHoweverWellItIsSealed) {
    auto records = chained();
    BackupRecord forged = records[2].record;
    forged.window.from = minute(-1000);
    records[2] = read_record(write_record(forged)).value();
    const auto faults = check_chain(records, {});
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].backup, forged.id);
    EXPECT_NE(faults[0].what.find("was changed after it was written"), std::string::npos);
}

TEST(ChainTest, WhatACommandExpiredMayBeGone) {
    auto records = chained();
    ExpiryNote note;
    for (const std::size_t each : {std::size_t{0}, std::size_t{2}}) {
        note.gone.push_back({records[each].record.id, records[each].hash});
    }
    records.erase(records.begin() + 2);
    records.erase(records.begin());
    EXPECT_TRUE(check_chain(records, std::vector{note}).empty());
    note.gone[1].hash = "another";
    const auto faults = check_chain(records, std::vector{note});
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].backup, note.gone[1].id);
}

TEST(ChainTest, TwoThatCameAtOnceMayFollowTheSameOne) {
    auto records = chained();
    BackupRecord twin = records[3].record;
    twin.id = backup_id(77);
    records.push_back(read_record(write_record(twin)).value());
    EXPECT_TRUE(check_chain(records, {}).empty());
}

}  // namespace
}  // namespace syncwatch::recovery
