// PostgreSQL's backups with the real pgBackRest: made, damaged, looked at, and brought back to a
// moment after the database was lost.
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

/// One for those tests that leave it as it was: a full backup, log after it, and some rows.
class PostgresBackupTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        world_ = std::make_unique<World>();
        must(world_->server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
        record_ = world_->backup();
        world_->insert(1, 2);
        world_->archive();
        world_->insert(3, 3);
        world_->archive();
        saved_ = world_->place() / "saved";
        fs::copy(world_->repository(), saved_,
                 fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    }
    static void TearDownTestSuite() { world_.reset(); }
    static World& world() { return *world_; }
    /// As it was before the test damaged it.
    static void mend() {
        fs::remove_all(world().repository());
        fs::copy(saved_, world().repository(),
                 fs::copy_options::recursive | fs::copy_options::copy_symlinks);
        must(lab::hand_over(world().repository()));
    }
    static std::vector<fs::path> stored_segments() {
        std::vector<fs::path> all;
        for (const auto& each : fs::directory_iterator(world().segments())) {
            if (each.path().extension() == ".zst") all.push_back(each.path());
        }
        std::ranges::sort(all);
        return all;
    }
    /// The largest part of the backup.
    static fs::path bundle() {
        fs::path largest;
        for (const auto& each : fs::recursive_directory_iterator(world().repository() / "backup")) {
            if (!each.is_regular_file()) continue;
            if (largest.empty() || each.file_size() > fs::file_size(largest)) largest = each.path();
        }
        return largest;
    }
    static void flip(const fs::path& path) {
        std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
        const auto at = static_cast<std::streamoff>(fs::file_size(path) / 2);
        file.seekg(at);
        const char before = static_cast<char>(file.get());
        file.seekp(at);
        file.put(static_cast<char>(before ^ 1));
    }
    static Ran get(const std::string& name, std::map<std::string, std::string> environment = {}) {
        return world().run({"wal-get", name, (world().work() / "got").string(), "--patience", "1s"},
                           std::move(environment));
    }
    static Ran look_for_gaps() {
        return world().run({"backup", "gaps", "--recovery-pg-socket",
                            world().data().parent_path().string(), "--recovery-pg-port",
                            std::to_string(world().server().port())});
    }
    static std::string segment_name(std::size_t index) {
        return stored_segments()[index].filename().string().substr(0, 24);
    }

    static inline std::unique_ptr<World> world_;
    static inline BackupRecord record_;
    static inline fs::path saved_;
};

TEST_F(PostgresBackupTest, ARecordSaysWhatWasMade) {
    EXPECT_EQ(record_.component, "pg");
    EXPECT_EQ(record_.engine, "pgbackrest");
    EXPECT_EQ(record_.system_id, world().ask("SELECT system_identifier FROM pg_control_system()"));
    EXPECT_TRUE(record_.annotations.contains("label.near"));
    EXPECT_GT(record_.raw_bytes, record_.stored_bytes);
    const auto windows = must(run_to_end(world().component().windows(world().history())));
    ASSERT_EQ(windows.size(), 1u);
    EXPECT_EQ(windows[0].from, record_.window.from);
    EXPECT_GE(windows[0].to, windows[0].from);
    EXPECT_TRUE(world().look(record_).sound) << world().look(record_).words;
    const auto server = must(run_to_end(world().engine().server()));
    const auto shelf = must(run_to_end(recovery::read_shelf(world().engine(), 0, false)));
    EXPECT_EQ(recovery::archive_gaps(server, shelf), std::vector<std::string>());
    const Ran gaps = look_for_gaps();
    EXPECT_EQ(gaps.exit, 0) << gaps.out << gaps.err;
    EXPECT_NE(gaps.out.find("near     timeline 1: "), std::string::npos) << gaps.out;
}

TEST_F(PostgresBackupTest, AGapInTheLogIsNamed) {
    fs::remove(stored_segments().at(stored_segments().size() - 2));
    const Ran gaps = look_for_gaps();
    EXPECT_EQ(gaps.exit, 5) << gaps.out << gaps.err;
    EXPECT_NE(gaps.out.find("is missing in the middle of the log"), std::string::npos) << gaps.out;
    EXPECT_NE(gaps.err.find("backup run --component pg --kind full"), std::string::npos);
    mend();
}

TEST_F(PostgresBackupTest, EveryDamageIsSeenAndNamed) {
    struct Damage {
        const char* what;
        std::function<void()> make;
        const char* words;
    };
    const std::vector<Damage> damages{
        {"a flipped bit", [] { flip(bundle()); }, "checksum invalid"},
        {"cut off", [] { fs::resize_file(bundle(), fs::file_size(bundle()) - 1000); }, "invalid"},
        {"a file is gone", [] { fs::remove(bundle()); }, "missing: "},
        {"a bit of the log", [] { flip(stored_segments().front()); }, ": 1 of"},
        {"log is gone in the middle", [] { fs::remove(*std::prev(stored_segments().end(), 2)); },
         "is missing in the middle of the log"},
        {"the manifest is gone",
         [] {
             for (const auto& each :
                  fs::recursive_directory_iterator(world().repository() / "backup")) {
                 if (each.path().filename().string().starts_with("backup.manifest"))
                     fs::remove(each.path());
             }
         },
         "manifest missing"}};
    for (const Damage& each : damages) {
        SCOPED_TRACE(each.what);
        each.make();
        const Verification seen = world().look(record_);
        EXPECT_FALSE(seen.sound);
        EXPECT_NE(seen.words.find(each.words), std::string::npos) << seen.words;
        mend();
    }
    EXPECT_TRUE(world().look(record_).sound);
}

TEST_F(PostgresBackupTest, OnlyTheEndOfTheLogIsItsEnd) {
    const std::string name = segment_name(stored_segments().size() - 2);
    EXPECT_EQ(get(name).exit, 0);
    EXPECT_EQ(fs::file_size(world().work() / "got"), std::uint64_t{16} << 20);
    const Ran absent = get("0000000100000000000000F0");
    EXPECT_EQ(absent.exit, 1) << absent.err;
    EXPECT_EQ(get("00000007.history").exit, 1);

    EXPECT_EQ(get("../../../etc/passwd").exit, 126);
    EXPECT_EQ(world().run({"wal-get", name}).exit, 126) << "half a command";
    EXPECT_EQ(world().run({"wal-get", name, "x", "--no-such-flag"}).exit, 126);
    const Ran no_program = get(name, {{"PATH", "/nonexistent"}});
    EXPECT_EQ(no_program.exit, 126);
    EXPECT_NE(no_program.err.find("HINT: apt-get install pgbackrest"), std::string::npos)
        << no_program.err;
}

TEST_F(PostgresBackupTest, ARepositoryThatCannotBeReadIsNotTheEndOfTheLog) {
    const std::string name = segment_name(stored_segments().size() - 2);
    const fs::path elsewhere = world().place() / "elsewhere";
    fs::rename(world().backups(), elsewhere);
    EXPECT_EQ(get(name).exit, 126) << "not mounted";
    EXPECT_EQ(get("0000000100000000000000F0").exit, 126);
    fs::rename(elsewhere, world().backups());
    if (::geteuid() == 0) {
        ASSERT_EQ(::chmod((world().repository() / "archive").c_str(), 0), 0);
        EXPECT_EQ(get(name).exit, 126) << "not readable";
        ASSERT_EQ(::chmod((world().repository() / "archive").c_str(), 0750), 0);
    }
    flip(*std::prev(stored_segments().end(), 2));
    const Ran damaged = get(name);
    EXPECT_EQ(damaged.exit, 126);
    EXPECT_FALSE(fs::exists(world().work() / "got")) << "damaged log must not be replayed";
    mend();
    fs::remove(*std::prev(stored_segments().end(), 2));
    const Ran hole = get(name);
    EXPECT_EQ(hole.exit, 126);
    EXPECT_NE(hole.err.find("in the middle of the log"), std::string::npos) << hole.err;
    mend();
    fs::remove_all(world().segments());
    EXPECT_EQ(get(name).exit, 126) << "all of the log is gone";
    mend();
    EXPECT_EQ(get(name).exit, 0);
}

TEST_F(PostgresBackupTest, AStoreThatDoesNotAnswerIsNotTheEndOfTheLog) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    const fs::path keys = world().work() / "keys";
    const fs::path plan = world().work() / "store.toml";
    std::ofstream(keys) << "aws_access_key_id = KEY\naws_secret_access_key = SECRET\n";
    std::ofstream(plan) << "plan_version = 1\n[repository.near]\n"
                        << "url = \"s3:https://localhost:1/bucket\"\ncredentials_file = \""
                        << keys.string() << "\"\n";
    must(lab::hand_over(world().work()));
    const std::string segment = segment_name(0);
    const auto asked = [&] {
        return world().run({"wal-get", segment, (world().work() / "got").string(), "--patience",
                            "1s", "--recovery-plan", plan.string(), "--recovery-pg-work",
                            (world().work() / "other").string()},
                           {}, {"--recovery-pg-data", world().data().string()});
    };
    const Ran away = asked();
    EXPECT_EQ(away.exit, 126) << away.err;
    EXPECT_EQ(away.err.find("SECRET"), std::string::npos) << away.err;
    fs::remove(keys);
    EXPECT_EQ(asked().exit, 126) << "no keys";
}

TEST_F(PostgresBackupTest, ItIsRehearsedOnAServerThatNobodySees) {
    const Verification seen = world().look(record_, VerifyLevel::Restore);
    EXPECT_TRUE(seen.sound) << seen.words;
    EXPECT_EQ(seen.counts.at("kept"), 0u) << "as of the end of the backup";
    for (const auto& each : fs::directory_iterator(world().place())) {
        EXPECT_FALSE(each.path().filename().string().starts_with("syncwatch-pg-")) << each.path();
    }
    flip(bundle());
    const Verification damaged = world().look(record_, VerifyLevel::Restore);
    EXPECT_FALSE(damaged.sound);
    EXPECT_NE(damaged.words.find("near: "), std::string::npos) << damaged.words;
    mend();
}

TEST_F(PostgresBackupTest, WhatCannotBeIsRefusedBeforeAnythingIsTouched) {
    const Ran running = world().run({"restore", "pg", "--in-place"});
    EXPECT_EQ(running.exit, 3) << running.err;
    EXPECT_NE(running.err.find("a server runs"), std::string::npos) << running.err;
    const std::string into = (world().place() / "work" / "old").string();
    const auto restore = [&](const std::string& to) {
        return world().run({"restore", "pg", "--into", into, "--to", to});
    };
    const Ran early = restore("2001-01-01T00:00:00Z");
    EXPECT_EQ(early.exit, 3) << early.err;
    EXPECT_NE(early.err.find("near has 2"), std::string::npos) << early.err;
    EXPECT_EQ(restore("2101-01-01T00:00:00Z").exit, 3);
    EXPECT_EQ(restore("2026-11-29T12:00:00").exit, 2) << "without a zone";
    EXPECT_EQ(restore("lsn:F0/0").exit, 3);
    EXPECT_EQ(world().run({"restore", "pg"}).exit, 2) << "where?";
    EXPECT_EQ(world().run({"restore", "pg", "--into", world().place().string()}).exit, 3);
    EXPECT_FALSE(fs::exists(into));
    const Ran dry = world().run({"restore", "pg", "--into", into, "--dry-run"});
    EXPECT_EQ(dry.exit, 0) << dry.err;
    EXPECT_NE(dry.out.find("brings back    PostgreSQL as of the end of the log"), std::string::npos)
        << dry.out;
    EXPECT_FALSE(fs::exists(into));
}

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
    write_keys(TestObjectStore::kSecretKey);
    EXPECT_EQ(get().exit, 0);
    store.kill();
    EXPECT_EQ(get().exit, 126);
}

}  // namespace
}  // namespace syncwatch
