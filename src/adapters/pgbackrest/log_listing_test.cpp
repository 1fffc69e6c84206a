#include "adapters/pgbackrest/log_listing.h"

#include <gtest/gtest.h>

#include "adapters/pgbackrest/read_log.h"

namespace syncwatch::pgbackrest {
namespace {

std::string stored(const std::string& segment) {
    return segment + "-42d9e570c1c9c8ab200f023817e9e015849e359a.zst";
}
std::string file(const std::string& path) {
    return ",\"" + path + R"(":{"type":"file","size":1,"time":1})";
}

TEST(LogListingTest, WhatIsHeldOfEachTimelineIsOneSpanUntilSomethingIsMissing) {
    const std::string one = "15-1/0000000100000000/";
    const std::string text =
        R"({".":{"type":"path"},"15-1":{"type":"path"},"archive.info":{"type":"file"})" +
        file(one + stored("000000010000000000000003")) +
        file(one + stored("000000010000000000000001")) +
        file(one + stored("000000010000000000000002")) +
        file(one + stored("000000010000000000000005")) +
        file(one + "000000010000000000000003.00000028.backup") +
        file(one + stored("000000010000000000000004") + ".pgbackrest.tmp") +
        file("15-1/00000002.history") +
        file("15-1/0000000200000000/" + stored("000000020000000000000005")) + "}";
    const auto listing = LogListing::read(text);
    ASSERT_TRUE(listing);
    EXPECT_EQ(listing->newest, "15-1");
    ASSERT_EQ(listing->histories.size(), 1u);
    const auto log = log_of(listing->segments.at("15-1"), {{2, {1, {5 * wal::kSegmentBytes + 8}}}});
    ASSERT_EQ(log.size(), 2u);
    EXPECT_EQ(log[0].held, (std::vector<DatabaseBackups::Span>{
                               {{wal::kSegmentBytes}, {4 * wal::kSegmentBytes}},
                               {{5 * wal::kSegmentBytes}, {6 * wal::kSegmentBytes}}}));
    EXPECT_EQ(log[1].parent, 1u);
    EXPECT_FALSE(LogListing::read("[]"));
    EXPECT_FALSE(LogListing::read(text.substr(0, 100)));
}

TEST(LogListingTest, OfSeveralDatabasesTheNewestCounts) {
    const auto listing = LogListing::read(
        R"({"9.6-1":{"type":"path"},"15-10":{"type":"path"},"15-2":{"type":"path"}})");
    ASSERT_TRUE(listing);
    EXPECT_EQ(listing->newest, "15-10");
}

TEST(LogListingTest, AHistorysLastLineSaysWhereItLeft) {
    const auto branch = read_history("1\t0/3000000\tno recovery\n\n2\t0/70001F4\tbefore it\n");
    ASSERT_TRUE(branch);
    EXPECT_EQ(branch->parent, 2u);
    EXPECT_EQ(wal::text(branch->at), "0/70001F4");
    for (const char* each : {"", "\n", "1", "x\t0/3\t", "1\t3\t", "0\t0/3\t", "-1\t0/3\t"})
        EXPECT_FALSE(read_history(each)) << each;
}

TEST(LogListingTest, TheLastCommitIsReadFromWhatPgWaldumpPrints) {
    const std::string text =
        "rmgr: Transaction len (rec/tot): 34/34, tx: 727, lsn: 0/05000028, prev 0/0, desc: COMMIT "
        "2026-11-29 22:56:30.123456 UTC\n"
        "rmgr: Transaction len (rec/tot): 34/34, tx: 728, lsn: 0/05000068, prev 0/0, desc: COMMIT "
        "2026-11-29 22:56:31.5 UTC; inval msgs: catcache 51\n"
        "rmgr: Transaction len (rec/tot): 34/34, tx: 729, lsn: 0/05000068, prev 0/0, desc: ABORT "
        "2026-11-29 22:56:32.5 UTC\n";
    const auto last = last_commit_in(text);
    ASSERT_TRUE(last);
    EXPECT_EQ(format_rfc3339(*last), "2026-11-29T22:56:31.500Z");
    EXPECT_FALSE(last_commit_in(""));
    EXPECT_FALSE(last_commit_in("COMMIT soon UTC"));
}

}  // namespace
}  // namespace syncwatch::pgbackrest
