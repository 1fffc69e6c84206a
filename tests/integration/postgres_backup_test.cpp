// PostgreSQL's backups with the real pgBackRest: made, damaged, and looked at.
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
#include "harness/backup_moments.h"
#include "harness/eventually.h"
#include "harness/long_run.h"
#include "harness/must.h"
#include "harness/object_store.h"
#include "harness/postgres_backup_world.h"
#include "recovery/catalogue/hold.h"
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
    /// Puts a segment, whole as it is, where another one was.
    static void forge_segment(std::size_t from, std::size_t to) {
        const fs::path source = stored_segments()[from];
        const fs::path target = stored_segments()[to];
        const std::string sum = source.filename().string().substr(24);
        const fs::path forged =
            target.parent_path() / (target.filename().string().substr(0, 24) + sum);
        fs::copy_file(source, forged);
        fs::remove(target);
        must(lab::hand_over(world().repository()));
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
    EXPECT_NE(gaps.out.find("archive_timeout is off"), std::string::npos) << gaps.out;
    must(world().server().sql("ALTER SYSTEM SET archive_timeout = 55"));
    must(world().server().sql("SELECT pg_reload_conf()"));
    EXPECT_TRUE(harness::eventually(
        [] { return look_for_gaps().out.find("archive_timeout") == std::string::npos; }));
    must(world().server().sql("ALTER SYSTEM RESET archive_timeout"));
    must(world().server().sql("SELECT pg_reload_conf()"));
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
        {"empty", [] { fs::resize_file(bundle(), 0); }, "invalid"},
        {"a file is gone", [] { fs::remove(bundle()); }, "missing: "},
        {"a file is another",
         [] {
             fs::copy_file(stored_segments().front(), bundle(),
                           fs::copy_options::overwrite_existing);
         },
         "invalid"},
        {"a bit of the log", [] { flip(stored_segments().front()); }, ": 1 of"},
        {"log is cut off", [] { fs::resize_file(stored_segments().front(), 1000); }, "is cut off"},
        {"log under another's name", [] { forge_segment(1, 0); }, "have the same bytes"},
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

TEST_F(PostgresBackupTest, ARecordThatIsNotThatOfItsBackupIsSeen) {
    BackupRecord edited = record_;
    edited.annotations["label.near"] = "20200101-000000F";
    EXPECT_NE(world().look(edited).words.find("20200101-000000F"), std::string::npos);
    edited = record_;
    edited.annotations.erase("label.near");
    EXPECT_EQ(world().look(edited).words, "its record names no label in any of the repositories");
    edited = record_;
    ++edited.raw_bytes;
    const std::string words = world().look(edited, VerifyLevel::Structure).words;
    EXPECT_NE(words.find("is not the backup that was recorded"), std::string::npos) << words;
}

TEST_F(PostgresBackupTest, LogThatIsNotWhatItsNameSaysIsNotReplayed) {
    forge_segment(1, 0);
    const Ran ran = get(segment_name(0));
    EXPECT_EQ(ran.exit, 126) << ran.err;
    EXPECT_NE(ran.err.find("is another: its pages are those of"), std::string::npos) << ran.err;
    mend();
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

/// Asks the server of a rehearsal what it would do.
class Asker final : public RestoredVisitor {
public:
    explicit Asker(pgbackrest::Options options) : engine_(std::move(options)) {}
    Async<Visit> visit(RestoredDatabase database) override {
        pgbackrest::Door door;
        folder_ = database.socket.string();
        door.socket = database.socket;
        door.port = database.port;
        door.user = door.database = "postgres";
        std::string question =
            "SELECT current_setting('archive_mode'), current_setting('listen_addresses'), "
            "current_setting('unix_socket_directories')";
        SW_CO_TRY(const auto rows, co_await pgbackrest::ask_server(engine_, std::move(door),
                                                                   std::move(question), 30s));
        if (rows.size() == 1) told_ = rows[0];
        co_return Visit();
    }

    std::string folder_;
    std::vector<std::string> told_;

private:
    const pgbackrest::Engine engine_;
};

TEST_F(PostgresBackupTest, ItIsRehearsedOnAServerThatNobodySees) {
    Asker asker(world().engine().options());
    SystemClock clock;
    recovery::PgComponent rehearsed(world().engine(), clock, world().place(), &asker);
    const Verification seen = must(run_to_end(rehearsed.verify(record_, VerifyLevel::Restore, {})));
    using Row = std::vector<std::string>;
    EXPECT_EQ(asker.told_, (Row{"off", "", asker.folder_}))
        << "it is a timeline of its own, which nobody may ever hear of";
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

TEST_F(PostgresBackupTest, OneThatIsWholeAndWrongIsSeenWhenItIsRehearsed) {
    for (const char* each :
         {"CREATE TABLE parents (id int PRIMARY KEY)",
          "CREATE TABLE children (parent int CONSTRAINT of_a_parent REFERENCES parents)",
          // As a fault of the server would: nothing else gets by a constraint.
          "ALTER TABLE children DISABLE TRIGGER ALL", "INSERT INTO children VALUES (7)"}) {
        must(world().server().sql(each));
    }
    BackupRecord record = world().backup(BackupKind::Incremental);
    EXPECT_EQ(record.counts.at("kept"), 3u);
    record.counts["kept"] = 1000;
    record.annotations["transactions"] = "4000000-4000000";
    const Verification seen = world().look(record, VerifyLevel::Restore);
    EXPECT_FALSE(seen.sound);
    for (const char* each :
         {"near: ", "violates foreign key constraint \"of_a_parent\"",
          "kept has 3 rows, and 1000 were backed up", "it is older than its record says"}) {
        EXPECT_NE(seen.words.find(each), std::string::npos) << each << ": " << seen.words;
    }
    must(world().server().sql("DROP TABLE children"));
}

TEST_F(PostgresBackupTest, OurOwnDatabaseIsLookedIntoWhateverItIsCalled) {
    must(world().server().create_database("films"));
    for (const char* each :
         {"CREATE TABLE schema_steps (version int)", "INSERT INTO schema_steps VALUES (4), (11)",
          "CREATE TABLE parents (id int PRIMARY KEY)",
          "CREATE TABLE children (parent int CONSTRAINT of_a_parent REFERENCES parents)",
          "ALTER TABLE children DISABLE TRIGGER ALL", "INSERT INTO children VALUES (7), (8)"}) {
        must(world().server().sql(each, "films"));
    }
    world().keep_ours_in("films");
    const BackupRecord record = world().backup(BackupKind::Incremental);
    EXPECT_EQ(record.schema_version, "11");
    EXPECT_EQ(record.annotations.at("role"), "primary");
    EXPECT_EQ(record.counts.at("children"), 2u);
    EXPECT_FALSE(record.counts.contains("kept")) << "it is somebody else's";
    const Verification seen = world().look(record, VerifyLevel::Restore);
    EXPECT_NE(seen.words.find("violates foreign key constraint"), std::string::npos) << seen.words;
    world().keep_ours_in("elsewhere");
    EXPECT_NE(world()
                  .look(record, VerifyLevel::Restore)
                  .words.find("there is no database elsewhere in it"),
              std::string::npos);
    world().keep_ours_in("postgres");
    must(world().server().sql("DROP DATABASE films"));
}

TEST_F(PostgresBackupTest, WhatWasMadeWithoutUsIsAdoptedOnce) {
    // By hand, and one of ours whose record is lost: it is below no catalogue.
    const auto by_hand =
        must(run_to_end(world().engine().run(0, DatabaseBackups::Kind::Incremental, {}, {})));
    const auto command = [](std::vector<std::string> words) {
        return world().run(world().backup_command(std::move(words)));
    };
    const Ran shown = command({"adopt", "--dry-run"});
    EXPECT_EQ(shown.exit, 0) << shown.err;
    EXPECT_NE(shown.out.find("would adopt " + record_.id.text()), std::string::npos) << shown.out;
    EXPECT_FALSE(fs::exists(world().backups() / "v1/cluster/lab/catalog/pg"));
    const Ran adopted = command({"adopt"});
    EXPECT_EQ(adopted.exit, 0) << adopted.err;
    const Ran listed = command({"list", "--json"});
    EXPECT_NE(listed.out.find(record_.id.text()), std::string::npos) << listed.out;
    EXPECT_NE(listed.out.find(by_hand.label), std::string::npos) << listed.out;
    const Ran sound = command({"verify", "--component", "pg", "--all", "--level", "structure"});
    EXPECT_EQ(sound.exit, 0) << sound.out << sound.err;
    EXPECT_NE(command({"adopt"}).out.find("everything that is there is in the catalogue"),
              std::string::npos);
    fs::remove_all(world().backups() / "v1");
}

TEST_F(PostgresBackupTest, ARestoreSaysWhatItReadsForADayAsItsLogIsReplayedLater) {
    const fs::path into = world().work() / "held";
    const Ran restored =
        world().run({"restore", "pg", "--into", into.string(), "--cluster", "test"});
    ASSERT_EQ(restored.exit, 0) << restored.err;
    const WallTime now = harness::wall_now();
    std::vector<recovery::Hold> holds;
    for (const auto& each : fs::recursive_directory_iterator(world().backups() / "v1")) {
        if (!each.is_regular_file()) continue;
        const auto hold = recovery::hold_named(each.path().string());
        if (hold) holds.push_back(*hold);
    }
    ASSERT_EQ(holds.size(), 1u) << "of the first hour nothing is left";
    EXPECT_EQ(holds[0].component, "pg");
    EXPECT_GT(holds[0].until, now + 23h);
    EXPECT_LT(holds[0].until, now + 25h);
    fs::remove_all(into);
    fs::remove_all(world().backups() / "v1");
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
    EXPECT_NE(dry.out.find("can be had     near has 2"), std::string::npos) << dry.out;
    EXPECT_NE(dry.out.find("pasts          timeline 1, kept from "), std::string::npos) << dry.out;
    EXPECT_FALSE(fs::exists(into));
}

}  // namespace
}  // namespace syncwatch
