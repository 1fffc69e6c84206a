// PostgreSQL in a repository that is encrypted, by either engine: backed up, looked at, lost and
// brought back; and with another key nothing looks like the end of its log, or like damage.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "harness/contents_of.h"
#include "harness/postgres_backup_world.h"
#include "harness/postgres_stream_world.h"
#include "harness/recovery_key.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using harness::Ran;
using harness::run_syncwatch;

constexpr int kStops = 126;  // What PostgreSQL stops on.

/// A recovery key, keys of repositories, and a place for one, for all users.
class EncryptedPostgresTest : public testing::Test {
protected:
    EncryptedPostgresTest() {
        must(lab::hand_over(folder_.path()));
        harness::make_recovery_key(at("recovery"));
        for (const char* each : {"key", "other"}) {
            EXPECT_EQ(run_syncwatch({"backup", "new-key", at(each).string()}).exit, 0);
            must(lab::hand_over(at(each)));
        }
    }
    fs::path at(const std::string& name) const { return folder_.path() / name; }
    /// Lines of a plan.
    std::string locked(const char* key) const {
        return "key_file = \"" + at(key).string() + "\"\n[escrow]\nrecipients = [\"" +
               harness::public_half(at("recovery")) + "\"]\n";
    }
    std::string near(const char* key) const {
        return "url = \"file:" + at("place").string() + "\"\n" + locked(key);
    }
    /// How often these letters stand anywhere in the repository.
    std::size_t found(const std::string& letters) const {
        std::size_t count = 0;
        for (const auto& each : fs::recursive_directory_iterator(at("place"))) {
            if (!each.is_regular_file()) continue;
            count += contents_of(each.path()).find(letters) != std::string::npos ? 1 : 0;
        }
        return count;
    }

    TempFolder folder_;
};

TEST_F(EncryptedPostgresTest, PgBackRestEncryptsAndBringsBack) {
    harness::PostgresBackupWorld world(near("key"));
    must(world.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
    const auto commands = [&](std::vector<std::string> words) {
        return world.run(world.backup_command(std::move(words)));
    };
    const Ran made = commands({"run", "--component", "pg"});
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    world.insert(1, 3);
    world.archive();
    const Ran gaps =
        world.run({"backup", "gaps", "--recovery-pg-socket", world.data().parent_path().string(),
                   "--recovery-pg-port", std::to_string(world.server().port())});
    EXPECT_EQ(gaps.exit, 0) << gaps.out << gaps.err;
    const Ran looked = commands({"verify", "--component", "pg", "--level", "restore"});
    EXPECT_EQ(looked.exit, 0) << looked.out << looked.err;
    EXPECT_EQ(found("pg_control"), 0u) << "manifests name every file";
    EXPECT_EQ(found("\"component\""), 0u) << "records say whose they are";

    const fs::path got = world.work() / "got";
    const std::string segment = world.ask("SELECT last_archived_wal FROM pg_stat_archiver");
    const auto get = [&] {
        return world.run({"wal-get", segment, got.string(), "--patience", "1s"});
    };
    const Ran right = get();
    EXPECT_EQ(right.exit, 0) << right.err;
    fs::remove(got);
    std::ofstream(world.plan()) << "plan_version = 1\n[repository.near]\n" << near("other");
    const Ran wrong = get();
    EXPECT_GE(wrong.exit, kStops) << wrong.out << wrong.err;
    EXPECT_FALSE(fs::exists(got));
    const Ran listed = commands({"list"});
    EXPECT_EQ(listed.exit, 3) << listed.out << listed.err;
    EXPECT_NE(listed.err.find("is encrypted with the key"), std::string::npos) << listed.err;
    std::ofstream(world.plan()) << "plan_version = 1\n[repository.near]\n" << near("key");

    world.server().kill();
    fs::remove_all(world.data());
    const Ran restored = world.run({"restore", "pg", "--in-place"});
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    must(world.server().start());
    EXPECT_TRUE(
        harness::eventually([&] { return world.ask("SELECT pg_is_in_recovery()") == "f"; }));
    EXPECT_EQ(world.ask("SELECT string_agg(n::text, ',' ORDER BY n) FROM kept"), "1,2,3");
}

TEST_F(EncryptedPostgresTest, AStreamedLogIsEncryptedAndBringsBack) {
    harness::PostgresStreamWorld world;
    const fs::path plain = world.plan();
    const std::string plan = contents_of(plain);
    std::ofstream(plain, std::ios::app) << locked("key");
    auto streamer = world.stream();
    const Ran made = world.run({"backup", "run", "--component", "pg"});
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    must(world.server().sql("INSERT INTO kept SELECT generate_series(1, 9)"));
    ASSERT_TRUE(world.is_level());
    const Ran looked = world.run({"backup", "verify", "--component", "pg", "--level", "restore"});
    EXPECT_EQ(looked.exit, 0) << looked.out << looked.err;
    for (const auto& each : fs::recursive_directory_iterator(world.repository("near"))) {
        const bool is_ours = each.path().string().find("/v1/cluster/") != std::string::npos;
        if (!each.is_regular_file() || !is_ours) continue;
        EXPECT_EQ(contents_of(each.path()).substr(0, 8), "SWCRYPT1") << each.path();
    }
    streamer->signal(SIGKILL);
    world.lose_server();

    std::ofstream(plain) << plan << locked("other");
    const Ran wrong = world.run({"restore", "pg", "--in-place"});
    EXPECT_EQ(wrong.exit, 3) << wrong.out << wrong.err;
    std::ofstream(plain) << plan << locked("key");
    const Ran restored = world.run({"restore", "pg", "--in-place"});
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    world.start_restored();
    EXPECT_EQ(world.ask("SELECT count(*) FROM kept"), "9");
}

}  // namespace
}  // namespace syncwatch
