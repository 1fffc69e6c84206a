// PostgreSQL lost, and brought back to a moment, with the real pgBackRest; from a bucket, too.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/async/run_to_end.h"
#include "harness/eventually.h"
#include "harness/long_run.h"
#include "harness/must.h"
#include "harness/object_store.h"
#include "harness/postgres_backup_world.h"
#include "recovery/postgres/gaps.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using harness::Ran;
using World = harness::PostgresBackupWorld;
using recovery::BackupKind;
using recovery::BackupRecord;
using recovery::Verification;
using recovery::VerifyLevel;

TEST(PostgresLossTest, WhatIsForgottenGoesWithItsLog) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    World world;
    must(world.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
    const BackupRecord first = world.backup();
    world.insert(1, 3);
    const BackupRecord more = world.backup(BackupKind::Differential);
    EXPECT_EQ(more.kind, BackupKind::Differential);
    EXPECT_EQ(more.parents, std::vector<recovery::BackupId>{first.id});
    EXPECT_TRUE(world.look(more, VerifyLevel::Restore).sound);
    const BackupRecord second = world.backup();
    must(run_to_end(world.component().forget({more, first})));
    EXPECT_FALSE(world.look(first).sound);
    EXPECT_TRUE(world.look(second).sound);
    const auto log = must(run_to_end(world.engine().log(0)));
    const auto begins = wal::parse_lsn(second.annotations.at("begins")).value();
    EXPECT_EQ(log.at(0).held.at(0).from, wal::Segment::holding(1, begins).begin());
    EXPECT_EQ(run_to_end(world.component().forget({second})).error().reason, "last_full");
}

TEST(PostgresLossTest, WhatWasAcknowledgedBeforeAMomentComesBackAndNothingElse) {
    World world;
    must(world.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
    // Where a moment is told to PostgreSQL without its zone, it is one of five hours later.
    for (const char* each :
         {"ALTER SYSTEM SET timezone = 'America/New_York'", "SELECT pg_reload_conf()"}) {
        must(world.server().sql(each));
    }
    (void)world.backup();
    // The end of a backup is known to the second.
    std::this_thread::sleep_for(2100ms);
    world.insert(1, 5);
    const std::string moment = world.ask(
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    world.insert(6, 9);
    world.archive();
    world.insert(10, 10);
    world.archive();
    world.server().kill();

    const std::vector<std::string> restore{"restore", "pg", "--in-place", "--to", moment};
    const Ran asked = world.run(restore);
    EXPECT_EQ(asked.exit, 10) << asked.out << asked.err;
    fs::remove_all(world.data());
    const Ran restored = world.run(restore);
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    must(world.server().start());
    EXPECT_TRUE(
        harness::eventually([&] { return world.ask("SELECT pg_is_in_recovery()") == "f"; }));
    EXPECT_EQ(world.ask("SELECT string_agg(n::text, ',' ORDER BY n) FROM kept"), "1,2,3,4,5");
    EXPECT_EQ(world.ask("SHOW archive_mode"), "off");
    EXPECT_EQ(world.ask("SELECT timeline_id FROM pg_control_checkpoint()"), "2");

    // Once more, over what is there now: it stays, and only who saw what is done may do it.
    must(world.server().sql("CHECKPOINT"));
    world.server().stop();
    std::vector<std::string> again{"restore", "pg", "--in-place"};
    const fs::path signal = world.data() / "standby.signal";
    std::ofstream(signal).flush();
    const Ran standby = world.run(again);
    EXPECT_EQ(standby.exit, 3) << standby.out << standby.err;
    EXPECT_NE(standby.err.find("follows another server"), std::string::npos) << standby.err;
    fs::remove(signal);
    const Ran unconfirmed = world.run(again);
    EXPECT_EQ(unconfirmed.exit, 10) << unconfirmed.out << unconfirmed.err;
    const std::string sign = "--confirm ";
    const std::size_t at = unconfirmed.err.find(sign);
    ASSERT_NE(at, std::string::npos) << unconfirmed.err;
    again.insert(again.end(), {"--confirm", unconfirmed.err.substr(at + sign.size(), 8)});
    const Ran latest = world.run(again);
    ASSERT_EQ(latest.exit, 0) << latest.out << latest.err;
    EXPECT_NE(latest.out.find("moved aside    " + world.data().string() + ".before-"),
              std::string::npos)
        << latest.out;
    must(world.server().start());
    EXPECT_TRUE(
        harness::eventually([&] { return world.ask("SELECT pg_is_in_recovery()") == "f"; }));
    EXPECT_EQ(world.ask("SELECT count(*) FROM kept"), "10");
}

/// Whatever was lost comes back to the end of the log.
void lose_and_restore(World& world, std::vector<std::string> more = {}) {
    world.archive();
    world.server().kill();
    fs::remove_all(world.data());
    more.insert(more.begin(), {"restore", "pg", "--in-place"});
    const Ran restored = world.run(more);
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    const auto started = world.server().start();
    ASSERT_TRUE(started) << started.error().message;
    ASSERT_TRUE(
        harness::eventually([&] { return world.ask("SELECT pg_is_in_recovery()") == "f"; }));
}

TEST(PostgresLossTest, ARestoredServerIsBackedUpAndRestoredAlongItsOwnTimeline) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    World world;
    must(world.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
    (void)world.backup();
    world.insert(1, 3);
    lose_and_restore(world);
    // It is the right one: as docs/recovery/postgres.md says.
    must(world.server().sql("ALTER SYSTEM RESET archive_mode"));
    world.server().stop();
    must(world.server().start());
    EXPECT_EQ(world.ask("SHOW archive_mode"), "on");
    (void)world.backup();
    world.insert(4, 6);
    lose_and_restore(world, {"--timeline", "2"});
    EXPECT_EQ(world.ask("SELECT string_agg(n::text, ',' ORDER BY n) FROM kept"), "1,2,3,4,5,6");
    EXPECT_EQ(world.ask("SELECT timeline_id FROM pg_control_checkpoint()"), "3");
}

/// Its name and its sum, of everything in the log.
std::vector<std::string> stored_log(const World& world) {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(world.segments())) {
        names.push_back(each.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

TEST(PostgresLossTest, AnOlderStateOfTheServerThatArchivesAgainIsSaidAndReplacesNothing) {
    World world;
    must(world.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
    (void)world.backup();
    const auto copy = [](const fs::path& from, const fs::path& to) {
        harness::Process::Options options;
        options.command = {"cp", "-a", from.string(), to.string()};
        ASSERT_EQ(harness::Process(options).wait(60s), 0);
    };
    // As a snapshot of the machine is taken, and brought back after the machine went on.
    const fs::path older = world.place() / "older";
    world.server().stop();
    copy(world.data(), older);
    must(world.server().start());
    world.insert(1, 3);
    world.archive();
    world.server().stop();
    fs::remove_all(world.data());
    copy(older, world.data());
    const auto before = stored_log(world);
    must(world.server().start());
    world.insert(101, 105);
    must(world.server().sql("SELECT pg_switch_wal()"));
    Ran gaps;
    EXPECT_TRUE(harness::eventually([&] {
        gaps = world.run({"backup", "gaps", "--recovery-pg-socket",
                          world.data().parent_path().string(), "--recovery-pg-port",
                          std::to_string(world.server().port())});
        return gaps.exit == 13;
    })) << gaps.exit
        << gaps.out << gaps.err;
    EXPECT_NE(gaps.err.find("two servers archive there"), std::string::npos) << gaps.err;
    EXPECT_NE(gaps.err.find("HINT: Stop the server that should not be there. Remove nothing"),
              std::string::npos)
        << gaps.err;
    const auto after = stored_log(world);
    for (const std::string& each : before) {
        EXPECT_EQ(std::ranges::count(after, each), 1) << each;
    }
}

TEST(PostgresStoreTest, ABucketIsAsGoodAsAFolderAndItsSilenceIsNotTheEndOfTheLog) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    lab::ObjectStoreServer& store = TestObjectStore::server();
    const TempFolder folder;
    const fs::path keys = folder.path() / "keys";
    const auto write_keys = [&](const std::string& secret) {
        std::ofstream(keys) << "aws_access_key_id = " << TestObjectStore::kAccessKey
                            << "\naws_secret_access_key = " << secret << "\n";
    };
    write_keys(TestObjectStore::kSecretKey);
    World world("url = \"s3:https://localhost:" + std::to_string(store.https_port()) +
                "/films/deep?ca=" + store.ca_file().string() + "\"\ncredentials_file = \"" +
                keys.string() + "\"\n");
    must(world.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
    const BackupRecord record = world.backup();
    EXPECT_TRUE(world.look(record).sound) << world.look(record).words;
    EXPECT_TRUE(world.look(record, VerifyLevel::Restore).sound);
    const std::string segment =
        wal::Segment::holding(1, wal::parse_lsn(record.annotations.at("begins")).value()).name();
    const auto get = [&] {
        return world.run({"wal-get", segment, (world.work() / "got").string(), "--patience", "2s"});
    };
    EXPECT_EQ(get().exit, 0);
    write_keys("wrong");
    const Ran refused = get();
    EXPECT_EQ(refused.exit, 126) << refused.err;
    EXPECT_NE(refused.err.find("the S3 store refuses the keys"), std::string::npos) << refused.err;
    // PostgreSQL keeps its log until there are good ones.
    must(world.server().sql("INSERT INTO kept VALUES (1)"));
    const std::string waits = world.ask("SELECT pg_walfile_name(pg_switch_wal())");
    const std::string piece = (world.data() / "pg_wal" / waits).string();
    const Ran pushed = world.run({"wal-push", "--engine", "pgbackrest", piece});
    EXPECT_NE(pushed.exit, 0);
    EXPECT_NE(pushed.err.find("SignatureDoesNotMatch"), std::string::npos) << pushed.err;
    write_keys(TestObjectStore::kSecretKey);
    EXPECT_EQ(get().exit, 0);
    EXPECT_TRUE(harness::eventually([&] {
        return world.ask("SELECT last_archived_wal >= '" + waits + "' FROM pg_stat_archiver") ==
               "t";
    }));
    store.kill();
    EXPECT_EQ(get().exit, 126);
}

}  // namespace
}  // namespace syncwatch
