#include "adapters/redis_backup/rdb_check.h"

#include <gtest/gtest.h>

#include "adapters/redis_backup/redis_programs.h"

namespace syncwatch::redis {
namespace {

const std::string kGood =
    "[offset 0] Checking RDB file x.rdb\n"
    "[offset 27] AUX FIELD redis-ver = '7.0.15'\n"
    "[offset 53] AUX FIELD ctime = '1795992933'\n"
    "[offset 68] AUX FIELD used-mem = '998336'\n"
    "[offset 136] AUX FIELD repl-id = 'a9e150074ec2bc9c0d01936570d415f886f3ebcb'\n"
    "[offset 151] AUX FIELD repl-offset = '43'\n"
    "[offset 165] Selecting DB ID 0\n"
    "[offset 180] Selecting DB ID 3\n"
    "[offset 206] Checksum OK\n"
    "[offset 206] \\o/ RDB looks OK! \\o/\n"
    "[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\n";

const program::End kWell{.code = 0};

TEST(RdbReportTest, WhatAWholeFileHasIsRead) {
    const auto facts = read_report(kGood, kWell, 206, true);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->keys, 3U);
    EXPECT_EQ(facts->expiring, 1U);
    EXPECT_EQ(facts->last_database, 3U);
    EXPECT_EQ(facts->redis_version, "7.0.15");
    EXPECT_EQ(facts->replid, "a9e150074ec2bc9c0d01936570d415f886f3ebcb");
    EXPECT_EQ(facts->offset, 43);
    EXPECT_EQ(facts->memory, 998'336U);
    EXPECT_EQ(facts->written, WallTime(std::chrono::seconds(1795992933)));
    EXPECT_TRUE(facts->has_checksum);
}

TEST(RdbReportTest, TheExitCodeAloneSaysNothing) {
    EXPECT_FALSE(read_report("", kWell, 206, true));
    EXPECT_FALSE(read_report(kGood, kWell, 207, true));
    EXPECT_FALSE(read_report(kGood, {.code = 1}, 206, true));
    EXPECT_FALSE(read_report(kGood + "--- RDB ERROR DETECTED ---\n", kWell, 206, true));
    EXPECT_EQ(read_report(kGood, {.code = 139, .signal = 11}, 206, true).error().code,
              ErrorCode::Corrupt);
}

TEST(RdbReportTest, WithoutAChecksumThatIsSaid) {
    const auto facts = read_report(
        "[offset 20] RDB file was saved with checksum disabled: no check performed.\n"
        "[offset 20] \\o/ RDB looks OK! \\o/\n[info] 0 keys read\n[info] 0 expires\n",
        kWell, 20, true);
    ASSERT_TRUE(facts);
    EXPECT_FALSE(facts->has_checksum);
}

TEST(RdbReportTest, AProgramThatIsNotHereIsNamedWithItsPackage) {
    const auto found = spec_of("redis-check-nothing", "redis-tools");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::NotFound);
    EXPECT_NE(found.error().message.find("package redis-tools"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::redis
