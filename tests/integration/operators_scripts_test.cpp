// The scripts that runbooks written before the program name: each does what its name says, with the
// arguments that they give it.
#include <filesystem>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "apps/lab/redis_server.h"
#include "harness/postgres_backup_world.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
using harness::Process;
using harness::Ran;
using harness::Server;
using World = harness::PostgresBackupWorld;

/// As PostgreSQL's user, if we are root.
Ran run_script(const std::string& name, const std::vector<std::string>& arguments,
               const std::vector<std::string>& flags = {}) {
    Process::Options options;
    options.command = {SW_SOURCE_ROOT "/scripts/" + name};
    for (const auto* each : {&arguments, &flags}) {
        options.command.insert(options.command.end(), each->begin(), each->end());
    }
    options.environment = {{"SYNCWATCH", harness::program()}};
    options.user = harness::unprivileged();
    return Process(options).ran(std::chrono::seconds(120));
}

class OperatorsScriptsTest : public testing::Test {
protected:
    OperatorsScriptsTest() {
        must(world_.server().create_database("films"));
        must(world_.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
        fs::create_directory(world_.place() / "files");
        must(lab::hand_over(world_.place() / "files"));
    }
    std::vector<std::string> flags() const {
        std::vector<std::string> all = world_.flags();
        for (const std::string& each :
             {std::string("--data-dir"), (world_.place() / "files").string(),
              std::string("--cluster"), std::string("test")}) {
            all.push_back(each);
        }
        return all;
    }
    /// With what else looks at the server.
    std::vector<std::string> asking() {
        std::vector<std::string> all = flags();
        for (const std::string& each :
             {std::string("--database-url"), world_.server().url("films"),
              std::string("--recovery-pg-socket"), world_.data().parent_path().string(),
              std::string("--recovery-pg-port"), std::to_string(world_.server().port())}) {
            all.push_back(each);
        }
        return all;
    }

    World world_;
};

TEST_F(OperatorsScriptsTest, PostgresIsBackedUpLookedThroughAndBroughtBack) {
    ASSERT_EQ(world_.run({"migrate", "--database-url", world_.server().url("films")}).exit, 0);
    const Ran made = run_script("backup/backup-postgres.sh", {"--kind", "full"}, asking());
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    const Ran looked = run_script("backup/verify-backups.sh", {}, asking());
    EXPECT_EQ(looked.exit, 0) << looked.out << looked.err;
    EXPECT_NE(looked.out.find("pg"), std::string::npos) << looked.out;
    world_.insert(1, 3);
    world_.archive();
    world_.server().kill();

    const std::string script = "backup/restore-postgres.sh";
    const Ran unclear = run_script(script, {"yesterday"}, asking());
    EXPECT_EQ(unclear.exit, 2);
    EXPECT_NE(unclear.err.find("HINT: syncwatch backup list"), std::string::npos) << unclear.err;
    const Ran shown =
        run_script(script, {"s3://syncwatch-backups/postgres/syncwatch_latest.dump"}, asking());
    ASSERT_EQ(shown.exit, 0) << shown.out << shown.err;
    std::smatch word;
    ASSERT_TRUE(std::regex_search(shown.out, word, std::regex("--confirm ([0-9a-f]+)")))
        << shown.out;
    EXPECT_TRUE(fs::exists(world_.data() / "PG_VERSION")) << "it only said so";
    const Ran back = run_script(script, {"latest", "--confirm", word[1]}, asking());
    ASSERT_EQ(back.exit, 0) << back.out << back.err;
    must(world_.server().start());
    EXPECT_TRUE(
        harness::eventually([&] { return world_.ask("SELECT pg_is_in_recovery()") == "f"; }));
    EXPECT_EQ(world_.ask("SELECT count(*) FROM kept"), "3");

    fs::path largest;
    for (const auto& each : fs::recursive_directory_iterator(world_.repository() / "backup")) {
        if (!each.is_regular_file()) continue;
        if (largest.empty() || each.file_size() > fs::file_size(largest)) largest = each.path();
    }
    fs::resize_file(largest, fs::file_size(largest) / 2);
    const Ran damaged = run_script("backup/verify-backups.sh", {}, asking());
    EXPECT_EQ(damaged.exit, 5) << damaged.out << damaged.err;
}

TEST_F(OperatorsScriptsTest, RedisIsBackedUpAndHealthIsTold) {
    const TempFolder folder;
    const auto redis = must(lab::RedisServer::make({folder.path()}));
    must(redis->ask({"SET", "kept", "x"}));
    std::vector<std::string> with_redis = flags();
    with_redis.insert(with_redis.end(), {"--recovery-redis-url", redis->url()});
    const Ran made = run_script("backup/backup-redis.sh", {}, with_redis);
    EXPECT_EQ(made.exit, 0) << made.out << made.err;
    EXPECT_NE(made.out.find("redis"), std::string::npos) << made.out;

    const TempFolder data;
    Server server(data.path());
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
    const Ran well = run_script("health-check.sh", {url});
    EXPECT_EQ(well.exit, 0) << well.out << well.err;
    EXPECT_NE(well.out.find("database"), std::string::npos) << well.out;
    EXPECT_EQ(server.stop(), 0);
    EXPECT_NE(run_script("health-check.sh", {url}).exit, 0) << "nobody answers";
}

}  // namespace
}  // namespace syncwatch
