// A server is lost while it is copied, and another takes over: what was half made is no backup, and
// the next is of the new one.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "apps/lab/wait.h"
#include "harness/postgres_backup_world.h"
#include "harness/postgres_stream_world.h"
#include "harness/standby.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using harness::Ran;
using harness::Standby;
using World = harness::PostgresStreamWorld;

constexpr const char* kMuch =
    "CREATE TABLE much AS SELECT string_agg(md5(random()::text), '') AS t "
    "FROM generate_series(1, 3000) AS a, generate_series(1, 100) AS b GROUP BY a";
constexpr const char* kAllRows =
    "SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM kept";
constexpr const char* kMoment =
    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

TEST(FailoverBackupTest, WhatWasHalfMadeIsNoBackupAndTheNextIsOfTheNewServer) {
    World world;
    must(world.server().sql(kMuch));
    must(world.server().sql("INSERT INTO kept VALUES (1)"));
    const TempFolder home;
    const Standby standby(home.path(), world.server_url());
    world.reach("postgres://postgres@127.0.0.1:" + std::to_string(world.server().port()) +
                ",127.0.0.1:" + std::to_string(standby.port()) + "/postgres");
    const auto streamer = world.stream();
    ASSERT_TRUE(harness::eventually(
        [&] { return standby.ask("SELECT count(*) FROM kept") == "1" && world.is_level(); }));
    const auto backup = world.start({"backup", "run", "--component", "pg"});
    const auto is_copied = [&] {
        return world.ask(
                   "SELECT count(*) FROM pg_stat_progress_basebackup "
                   "WHERE phase LIKE 'streaming%'") == "1";
    };
    ASSERT_TRUE(lab::wait_until(is_copied, 60s, 2ms)) << backup->err();
    // It takes no more until the server is gone.
    backup->signal(SIGSTOP);
    world.lose_server();
    backup->signal(SIGCONT);
    EXPECT_EQ(backup->wait(60s), 4) << backup->out() << backup->err();
    EXPECT_NE(backup->err().find("the server went away"), std::string::npos) << backup->err();
    EXPECT_NE(backup->err().find("HINT: Nothing of it counts."), std::string::npos)
        << backup->err();
    const fs::path cluster = world.repository("near") / "v1/cluster" / World::kCluster;
    EXPECT_FALSE(fs::exists(cluster / "catalog")) << "nothing says that there is one";

    EXPECT_EQ(standby.ask("SELECT pg_promote()"), "t");
    EXPECT_TRUE(harness::eventually([&] { return standby.ask(World::kFollows) == "1"; }, 60s))
        << streamer->err();
    ASSERT_EQ(standby.ask("INSERT INTO kept VALUES (2) RETURNING n"), "2");
    const Ran made = world.run({"backup", "run", "--component", "pg", "--json"});
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    EXPECT_NE(made.out.find("\"timeline\":\"2\""), std::string::npos) << made.out;
    ASSERT_EQ(standby.ask("INSERT INTO kept VALUES (3) RETURNING n"), "3");
    const std::string now = standby.ask("SELECT pg_current_wal_flush_lsn()");
    EXPECT_TRUE(harness::eventually([&] {
        return standby.ask("SELECT restart_lsn >= '" + now + "' FROM pg_replication_slots") == "t";
    }));
    const Ran restored = world.run({"restore", "pg", "--in-place", "--timeline", "2"});
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    world.start_restored();
    EXPECT_EQ(world.ask(kAllRows), "1,2,3");
}

/// Two machines that back up by pgBackRest into one repository: a server, and one that follows it.
class PgBackRestFailoverTest : public testing::Test {
protected:
    using Machine = harness::PostgresBackupWorld;

    void SetUp() override {
        must(first_.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
        (void)first_.backup();
        must(first_.server().sql(kMuch));
        first_.archive();
        // The end of a backup is known to the second.
        std::this_thread::sleep_for(2100ms);
        first_.insert(1, 2);
        before_ = first_.ask(kMoment);
        first_.insert(3, 3);
        first_.archive();
        standby_ = std::make_unique<Standby>(
            home_.path(), first_.server().url(),
            std::vector<std::string>{"archive_command=" + harness::program() +
                                     " wal-push --engine pgbackrest " +
                                     words_of(flags_with("pushes")) + "%p"});
        first_.insert(4, 4);
        between_ = first_.ask(kMoment);
        ASSERT_TRUE(harness::eventually([&] { return standby_->ask(kAllRows) == "1,2,3,4"; }));
    }
    static std::string words_of(const std::vector<std::string>& flags) {
        std::string words;
        for (const std::string& each : flags) words += each + " ";
        return words;
    }
    /// As the second machine has them. What archives does not know where its server listens, and
    /// would say so in the folder of those who do.
    std::vector<std::string> flags() const { return flags_with("work"); }
    std::vector<std::string> flags_with(const char* work) const {
        return {"--recovery-plan",    first_.plan().string(),
                "--recovery-pg-data", (home_.path() / "data").string(),
                "--recovery-pg-work", (home_.path() / work).string()};
    }
    Ran run_second(std::vector<std::string> words) const {
        return first_.run(std::move(words), {}, flags());
    }
    Ran second_backup(std::vector<std::string> words) const {
        return run_second(first_.backup_command(std::move(words), home_.path(), standby_->port()));
    }
    std::size_t backups_made() { return must(run_to_end(first_.engine().list(0))).size(); }
    void lose_first_while_it_is_copied() {
        const auto backup =
            first_.start(first_.backup_command({"run", "--component", "pg", "--kind", "full"}));
        ASSERT_TRUE(lab::wait_until([&] { return first_.is_copied(); }, 60s, 2ms)) << backup->err();
        first_.server().kill();
        EXPECT_EQ(backup->wait(90s), 4) << backup->out() << backup->err();
        EXPECT_NE(backup->err().find("the server went away"), std::string::npos) << backup->err();
        EXPECT_NE(backup->err().find("HINT: Nothing of it counts."), std::string::npos)
            << backup->err();
        fs::remove_all(first_.data());
        EXPECT_EQ(backups_made(), 1u) << "the half one is none";
    }

    TempFolder home_;
    Machine first_;
    std::unique_ptr<Standby> standby_;
    std::string before_;   ///< A moment whose log the first one archived,
    std::string between_;  ///< and one whose log it did not.
};

TEST_F(PgBackRestFailoverTest, WhatWasHalfMadeIsNoBackupAndTheNextIsOfTheNewServer) {
    lose_first_while_it_is_copied();
    ASSERT_EQ(standby_->ask("SELECT pg_promote()"), "t");
    ASSERT_EQ(standby_->ask("INSERT INTO kept VALUES (5) RETURNING n"), "5");
    const Ran made = second_backup({"run", "--component", "pg", "--kind", "full", "--json"});
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    EXPECT_NE(made.out.find("\"timeline\":\"2\""), std::string::npos) << made.out;
    EXPECT_EQ(backups_made(), 2u);
    EXPECT_FALSE(first_.is_copied()) << "nothing half is left";
    const Ran gaps = run_second({"backup", "gaps", "--recovery-pg-socket", home_.path().string(),
                                 "--recovery-pg-port", std::to_string(standby_->port())});
    EXPECT_EQ(gaps.exit, 0) << gaps.out << gaps.err;
    const Ran looked = second_backup({"verify", "--component", "pg", "--all"});
    EXPECT_EQ(looked.exit, 0) << looked.out << looked.err;

    const std::string after = standby_->ask(kMoment);
    ASSERT_EQ(standby_->ask("INSERT INTO kept VALUES (6) RETURNING n"), "6");
    const std::string last = standby_->ask("SELECT pg_walfile_name(pg_switch_wal())");
    ASSERT_TRUE(harness::eventually([&] {
        return standby_->ask("SELECT last_archived_wal >= '" + last + "' FROM pg_stat_archiver") ==
               "t";
    }));
    standby_->stop();
    const auto restore = [&](const std::string& to, const std::string& timeline) {
        std::vector<std::string> words{"restore", "pg", "--in-place", "--to", to};
        if (!timeline.empty()) words.insert(words.end(), {"--timeline", timeline});
        return words;
    };
    const Ran which = run_second(restore(before_, ""));
    EXPECT_EQ(which.exit, 3) << which.out << which.err;
    EXPECT_NE(which.err.find("has several pasts, name one: timeline 1"), std::string::npos)
        << which.err;
    // The first server is gone with what it had not archived: the second has it.
    const Ran beyond = run_second(restore(between_, "1"));
    EXPECT_EQ(beyond.exit, 3) << beyond.out << beyond.err;
    EXPECT_NE(beyond.err.find("no backup leads there along timeline 1"), std::string::npos)
        << beyond.err;
    fs::remove_all(standby_->data());
    const Ran restored = run_second(restore(after, "2"));
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    standby_->start();
    EXPECT_TRUE(
        harness::eventually([&] { return standby_->ask("SELECT pg_is_in_recovery()") == "f"; }));
    EXPECT_EQ(standby_->ask(kAllRows), "1,2,3,4,5");

    const Ran earlier = first_.run(restore(before_, "1"));
    ASSERT_EQ(earlier.exit, 0) << earlier.out << earlier.err;
    must(first_.server().start());
    EXPECT_TRUE(
        harness::eventually([&] { return first_.ask("SELECT pg_is_in_recovery()") == "f"; }));
    EXPECT_EQ(first_.ask(kAllRows), "1,2");
}

}  // namespace
}  // namespace syncwatch
