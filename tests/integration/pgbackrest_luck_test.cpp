// What befalls backups by pgBackRest: a repository that goes away in the middle of something or is
// full, two at once, a wrong clock, somebody who is killed, the wrong machine, a second server.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "apps/lab/wait.h"
#include "harness/filled_disk.h"
#include "harness/long_run.h"
#include "harness/postgres_backup_world.h"
#include "harness/small_disk.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using harness::Ran;
using World = harness::PostgresBackupWorld;
using recovery::BackupRecord;

constexpr const char* kMuch =
    "CREATE TABLE much AS SELECT string_agg(md5(random()::text), '') AS t "
    "FROM generate_series(1, 5000) AS a, generate_series(1, 100) AS b GROUP BY a";
constexpr const char* kAllRows =
    "SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM kept";

bool says(const Ran& ran, const std::string& words) {
    return (ran.out + ran.err).find(words) != std::string::npos;
}

class PgBackRestLuckTest : public testing::Test {
protected:
    PgBackRestLuckTest() {
        must(world_.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
        (void)world_.backup();
        must(world_.server().sql(kMuch));
        world_.archive();
    }
    Ran back_up() const {
        return world_.run(world_.backup_command({"run", "--component", "pg", "--kind", "full"}));
    }
    std::size_t backups_made() { return must(run_to_end(world_.engine().list(0))).size(); }
    /// One that has begun to copy: pgBackRest notes then what it is going to copy.
    std::unique_ptr<harness::Process> backup_in_the_middle() const {
        auto backup =
            world_.start(world_.backup_command({"run", "--component", "pg", "--kind", "full"}));
        EXPECT_TRUE(lab::wait_until([&] { return world_.is_copied(); }, 60s, 1ms)) << backup->err();
        return backup;
    }
    /// Nobody may look into the repository while this lives: what a share whose server is gone
    /// does.
    class Away {
    public:
        explicit Away(const World& world) : folder_(world.repository()) {
            EXPECT_EQ(::chmod(folder_.c_str(), 0), 0);
        }
        ~Away() { EXPECT_EQ(::chmod(folder_.c_str(), 0750), 0); }
        Away(const Away&) = delete;
        Away& operator=(const Away&) = delete;

    private:
        const fs::path folder_;
    };
    void lose_server() {
        world_.server().kill();
        fs::remove_all(world_.data());
    }
    void expect_rows_after_start(const std::string& rows) {
        must(world_.server().start());
        EXPECT_TRUE(
            harness::eventually([&] { return world_.ask("SELECT pg_is_in_recovery()") == "f"; }));
        EXPECT_EQ(world_.ask(kAllRows), rows);
    }

    World world_;
};

TEST_F(PgBackRestLuckTest, ARepositoryThatGoesAwayInTheMiddleIsSaidAndNothingHalfCounts) {
    // PostgreSQL tries again after a minute.
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    if (::geteuid() != 0) GTEST_SKIP() << "somebody else's folder needs root";
    {
        const auto backup = backup_in_the_middle();
        const Away away(world_);
        EXPECT_EQ(backup->wait(90s), 4) << backup->out() << backup->err();
        EXPECT_NE(backup->err().find("HINT: "), std::string::npos) << backup->err();
        // Its log stays with the server, which goes on.
        world_.insert(1, 1);
        const std::string waits = world_.ask("SELECT pg_walfile_name(pg_switch_wal())");
        EXPECT_TRUE(harness::eventually(
            [&] { return world_.ask("SELECT last_failed_wal FROM pg_stat_archiver") == waits; }));
        EXPECT_TRUE(fs::exists(world_.data() / "pg_wal" / waits));
    }
    EXPECT_EQ(backups_made(), 1u) << "the half one is none";
    world_.archive();
    const Ran made = back_up();
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    EXPECT_EQ(backups_made(), 2u);
    EXPECT_FALSE(world_.is_copied()) << "nothing half is left";
    world_.insert(2, 2);
    world_.archive();
    lose_server();
    const std::vector<std::string> restore{"restore", "pg", "--in-place"};
    {
        const auto restoring = world_.start(restore);
        const fs::path fresh = world_.data().string() + ".restoring";
        EXPECT_TRUE(lab::wait_until([&] { return fs::exists(fresh / "base"); }, 60s, 1ms));
        const Away away(world_);
        EXPECT_EQ(restoring->wait(90s), 4) << restoring->out() << restoring->err();
        EXPECT_FALSE(fs::exists(world_.data())) << "half of it is nowhere where it is started";
    }
    const Ran restored = world_.run(restore);
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    expect_rows_after_start("1,2");
}

TEST_F(PgBackRestLuckTest, OfTwoBackupsAtOnceOneIsMade) {
    const auto first = backup_in_the_middle();
    const Ran second = back_up();
    EXPECT_EQ(second.exit, 8) << second.out << second.err;
    EXPECT_TRUE(says(second, "another run holds its lock")) << second.err;
    EXPECT_EQ(first->wait(90s), 0) << first->out() << first->err();
    EXPECT_EQ(backups_made(), 2u);
}

TEST_F(PgBackRestLuckTest, WhoeverIsKilledWhileItIsBroughtBackDoesItAgain) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    world_.insert(1, 1);
    world_.archive();
    lose_server();
    int kills = 0;
    std::optional<int> ended;
    for (auto patience = 40ms; !ended; patience = patience * 3 / 2) {
        const auto restoring = world_.start({"restore", "pg", "--in-place"});
        ended = restoring->wait(patience);
        if (ended) {
            EXPECT_TRUE(*ended == 0 || *ended == 10) << restoring->out() << restoring->err();
            break;
        }
        restoring->signal(SIGKILL);
        (void)restoring->wait();
        ++kills;
    }
    EXPECT_GT(kills, 2);
    EXPECT_FALSE(fs::exists(world_.data().string() + ".restoring"));
    expect_rows_after_start("1");
}

TEST_F(PgBackRestLuckTest, AWrongClockIsSaidAndMomentsAreByTheServers) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    const std::map<std::string, std::string> behind{{"LD_PRELOAD", SW_SKEWED_CLOCK},
                                                    {"SKEW_SECONDS", "-60"}};
    const std::string moment =
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    const Ran made = world_.run(world_.backup_command({"run", "--component", "pg"}), behind);
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    // By as much as is sure, however long the answer took.
    const std::string warning = "PostgreSQL's clock was ";
    EXPECT_TRUE(says(made, warning)) << made.out;
    std::this_thread::sleep_for(2100ms);
    world_.insert(1, 2);
    const std::string meant = world_.ask(moment);
    world_.insert(3, 4);
    world_.archive();
    lose_server();
    const Ran restored = world_.run({"restore", "pg", "--in-place", "--to", meant}, behind);
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    EXPECT_TRUE(says(restored, warning)) << restored.out;
    expect_rows_after_start("1,2");
}

TEST_F(PgBackRestLuckTest, TheWrongMachineIsLeftAlone) {
    const TempFolder elsewhere;
    const auto stranger = must(lab::PostgresServer::make({elsewhere.path()}));
    stranger->stop();
    std::vector<std::string> flags = world_.flags();
    std::ranges::replace(flags, world_.data().string(), (elsewhere.path() / "data").string());
    for (const char* each : {"--dry-run", "--json"}) {
        const Ran refused = world_.run({"restore", "pg", "--in-place", each}, {}, flags);
        EXPECT_EQ(refused.exit, 3) << refused.out << refused.err;
        EXPECT_TRUE(says(refused, "is another database's")) << refused.out << refused.err;
    }
    EXPECT_TRUE(stranger->start()) << "it is as it was";
    // Nor does it bring anything of its own into what is another's.
    const Ran backup = world_.run(
        world_.backup_command({"run", "--component", "pg"}, elsewhere.path(), stranger->port()), {},
        flags);
    EXPECT_EQ(backup.exit, 3) << backup.out << backup.err;
    EXPECT_EQ(backups_made(), 1u);
}

TEST_F(PgBackRestLuckTest, APieceThatSaysSomethingElseUnderOneNameIsNeverReplaced) {
    fs::path stored;  // The oldest: it is not the one that the server is at.
    for (const auto& each : fs::directory_iterator(world_.segments())) {
        const bool is_segment = each.path().extension() == ".zst";
        if (is_segment && (stored.empty() || each.path() < stored)) stored = each.path();
    }
    const std::string name = stored.filename().string().substr(0, 24);
    // As a copy of the server would have it that was started as if it were the real one.
    const fs::path log = world_.place() / "copy" / "pg_wal";
    fs::create_directories(log / "archive_status");
    fs::create_directory(log.parent_path() / "global");
    fs::copy_file(world_.data() / "global" / "pg_control",
                  log.parent_path() / "global" / "pg_control");
    fs::copy_file(
        world_.data() / "pg_wal" / world_.ask("SELECT pg_walfile_name(pg_current_wal_lsn())"),
        log / name);
    std::ofstream(log / "archive_status" / (name + ".ready")).flush();
    must(lab::hand_over(log.parent_path()));
    std::vector<std::string> flags = world_.flags();
    std::ranges::replace(flags, world_.work().string(), (world_.place() / "its-work").string());
    std::ranges::replace(flags, world_.data().string(), log.parent_path().string());
    const Ran pushed =
        world_.run({"wal-push", "--engine", "pgbackrest", (log / name).string()}, {}, flags);
    EXPECT_NE(pushed.exit, 0) << pushed.err;
    EXPECT_TRUE(says(pushed, "with a different checksum")) << pushed.err;
    std::size_t count = 0;
    for (const auto& each : fs::directory_iterator(world_.segments())) {
        count += each.path().filename().string().starts_with(name) ? 1 : 0;
    }
    EXPECT_EQ(count, 1u);
    EXPECT_TRUE(fs::exists(stored));
}

TEST_F(PgBackRestLuckTest, AnOlderOnesBytesAreNotTakenForANewerOne) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    const auto largest = [](const fs::path& folder) {
        fs::path found;
        for (const auto& each : fs::recursive_directory_iterator(folder)) {
            if (!each.is_regular_file()) continue;
            if (found.empty() || each.file_size() > fs::file_size(found)) found = each.path();
        }
        return found;
    };
    const BackupRecord older = world_.backup();
    must(world_.server().sql("UPDATE much SET t = t || 'x'"));
    const BackupRecord newer = world_.backup();
    const fs::path all = world_.repository() / "backup/syncwatch";
    const auto bytes_of = [&](const BackupRecord& record) {
        return largest(all / record.annotations.at("label.near"));
    };
    fs::copy_file(bytes_of(older), bytes_of(newer), fs::copy_options::overwrite_existing);
    const auto seen = world_.look(newer);
    EXPECT_FALSE(seen.sound);
    EXPECT_NE(seen.words.find("near: "), std::string::npos) << seen.words;
    EXPECT_TRUE(world_.look(older).sound);
    const Ran restored = world_.run(
        {"restore", "pg", "--into", (world_.work() / "back").string(), "--set", newer.id.text()});
    EXPECT_NE(restored.exit, 0) << restored.out;
}

TEST(PgBackRestDiskTest, AFullRepositoryIsSaidAndTheLogFollowsWhenThereIsRoom) {
    // The log is waited for for a minute, and PostgreSQL tries again after one.
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    const SmallDisk disk("size=200m");
    if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
    must(lab::hand_over(disk.path()));
    World world("url = \"file:" + (disk.path() / "backups").string() + "\"\n");
    must(world.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
    (void)world.backup();
    const auto count = [&] { return must(run_to_end(world.engine().list(0))).size(); };
    const auto words = world.backup_command({"run", "--component", "pg", "--kind", "full"});
    {
        const harness::FilledDisk full(disk.path());
        const Ran refused = world.run(words);
        EXPECT_EQ(refused.exit, 4) << refused.out << refused.err;
        EXPECT_TRUE(says(refused, "the log did not come into the repository in time"))
            << refused.out << refused.err;
        EXPECT_TRUE(says(refused, "PostgreSQL's log says why")) << refused.err;
        world.insert(1, 1);
        const std::string waits = world.ask("SELECT pg_walfile_name(pg_switch_wal())");
        EXPECT_TRUE(harness::eventually(
            [&] { return world.ask("SELECT failed_count > 0 FROM pg_stat_archiver") == "t"; }));
        EXPECT_TRUE(fs::exists(world.data() / "pg_wal" / waits));
    }
    world.archive();
    EXPECT_EQ(count(), 1u);
    const Ran made = world.run(words);
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    EXPECT_EQ(count(), 2u);

    // Where it is to go there is no room: it is said, and nobody may start it.
    const fs::path narrow = disk.path() / "narrow";
    const harness::FilledDisk full(disk.path());
    const Ran no_room = world.run({"restore", "pg", "--into", narrow.string()});
    EXPECT_EQ(no_room.exit, 4) << no_room.out << no_room.err;
    EXPECT_TRUE(says(no_room, "No space left on device")) << no_room.out << no_room.err;
    EXPECT_FALSE(fs::exists(narrow / "global" / "pg_control"));
}

}  // namespace
}  // namespace syncwatch
