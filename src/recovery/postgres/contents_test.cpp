#include "recovery/postgres/contents.h"

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

using Words = std::vector<std::string>;

BackupRecord record_of(const PgContents& before, const PgContents& after) {
    BackupRecord record;
    note_contents(before, after, record);
    return record;
}

TEST(PgContentsTest, WhereNothingWasWrittenRowsAreCountedExactly) {
    const PgContents there{700, {{"kept", 3}, {"rooms", 0}}};
    const BackupRecord record = record_of(there, there);
    EXPECT_EQ(record.counts, (DatabaseBackups::Rows{{"kept", 3}, {"rooms", 0}}));
    EXPECT_EQ(record.annotations.at("transactions"), "700-700");
    EXPECT_EQ(differences(record, there), Words());
    EXPECT_EQ(differences(record, {700, {{"kept", 2}, {"rooms", 0}}}),
              Words{"kept has 2 rows, and 3 were backed up"});
    EXPECT_EQ(differences(record, {700, {{"kept", 3}}}), Words{"the table rooms is not there"});
}

TEST(PgContentsTest, WhatComesAndGoesMeanwhileIsNoFault) {
    const BackupRecord record =
        record_of({700, {{"chat", 1000}, {"gone", 1}}}, {900, {{"chat", 2000}, {"new", 5}}});
    EXPECT_EQ(record.counts, (DatabaseBackups::Rows{{"chat", 2000}, {"chat.before", 1000}}));
    for (const std::uint64_t count : {970U, 1000U, 1500U, 2030U}) {
        EXPECT_EQ(differences(record, {800, {{"chat", count}}}), Words()) << count;
    }
    EXPECT_EQ(differences(record, {800, {{"chat", 900}}}),
              Words{"chat has 900 rows, and 1000 to 2000 were backed up"});
    EXPECT_EQ(differences(record, {800, {{"chat", 2100}}}).size(), 1U);
}

TEST(PgContentsTest, OneOfAnotherTimeIsSaid) {
    const BackupRecord record = record_of({700, {}}, {900, {}});
    EXPECT_EQ(differences(record, {699, {}}).front().substr(0, 29),
              "it is older than its record s");
    EXPECT_EQ(differences(record, {20'000, {}}).front().substr(0, 29),
              "it is newer than its record s");
    EXPECT_EQ(differences(BackupRecord(), {1, {}}), Words()) << "one of an older version";
}

}  // namespace
}  // namespace syncwatch::recovery
