// A lost machine of the production shape, brought back by one command: PostgreSQL by pgBackRest,
// Redis, and an S3 store with TLS that holds the backups, encrypted.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "apps/lab/redis_server.h"
#include "harness/film_night.h"
#include "harness/long_run.h"
#include "harness/object_store.h"
#include "harness/postgres_backup_world.h"
#include "harness/recovery_key.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using harness::Ran;
using harness::run_syncwatch;
using harness::Server;
using World = harness::PostgresBackupWorld;

class RestoreProductionTest : public testing::Test {
protected:
    fs::path at(const std::string& name) const { return folder_.path() / name; }
    std::string repository() const {
        lab::ObjectStoreServer& store = TestObjectStore::server();
        return "s3:https://localhost:" + std::to_string(store.https_port()) +
               "/films/everything?ca=" + store.ca_file().string();
    }
    void make_world() {
        fs::create_directory(at("etc"));
        harness::make_recovery_key(at("key"));
        for (const fs::path& each : {at("etc/s3"), at("s3.kept")}) {
            std::ofstream(each) << "aws_access_key_id = " << TestObjectStore::kAccessKey
                                << "\naws_secret_access_key = " << TestObjectStore::kSecretKey
                                << "\n";
        }
        const fs::path key = at("etc/repository-key");
        ASSERT_EQ(run_syncwatch({"backup", "new-key", key.string()}).exit, 0);
        // PostgreSQL's user reads it, too.
        fs::permissions(key, fs::perms::others_read, fs::perm_options::add);
        world_ = std::make_unique<World>(
            "url = \"" + repository() + "\"\ncredentials_file = \"" + at("etc/s3").string() +
            "\"\nkey_file = \"" + key.string() + "\"\n[escrow]\nrecipients = [\"" +
            harness::public_half(at("key")) +
            "\"]\n[backup.redis]\nsnapshot = \"hourly\"\nkeep = \"1d\"\n"
            "[backup.config]\nbundle = \"on change\"\n"
            "keep = \"forever\"\n[backup.secrets]\n"
            "bundle = \"on change\"\nkeep = \"forever\"\n");
        must(world_->server().create_database("films"));
        redis_ = must(lab::RedisServer::make({at("redis")}));
        std::ofstream(at("etc/sw.toml"))
            << "[data]\ndir = \"" << at("data").string() << "\"\n[database]\nurl = \""
            << world_->server().url("films") << "\"\n[bus]\nurl = \"" << redis_->url()
            << "\"\n[objects]\nurl = \"" << TestObjectStore::url() << "\"\ncredentials_file = \""
            << at("etc/s3").string() << "\"\nsecond = \"file:" << at("second").string()
            << "\"\n[recovery]\nplan = \"" << world_->plan().string() << "\"\nredis_url = \""
            << redis_->url() << "\"\npg_data = \"" << world_->data().string()
            << "\"\npg_socket = \"" << world_->data().parent_path().string()
            << "\"\npg_port = " << world_->server().port() << "\npg_work = \""
            << world_->work().string() << "\"\n";
    }
    std::unique_ptr<Server> serve() const {
        Server::Options options;
        options.arguments = {"--config", at("etc/sw.toml").string()};
        return std::make_unique<Server>(at("data"), options);
    }
    Ran run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--config", at("etc/sw.toml").string()});
        return run_syncwatch(std::move(arguments));
    }
    Ran restore(std::vector<std::string> more) const {
        std::vector<std::string> all{"restore",       "everything",  "--repository",
                                     repository(),    "--identity",  at("key").string(),
                                     "--credentials", at("s3.kept"), "--in-place"};
        all.insert(all.end(), more.begin(), more.end());
        return run_syncwatch(std::move(all));
    }

    TempFolder folder_;
    std::unique_ptr<World> world_;
    std::unique_ptr<lab::RedisServer> redis_;
};

TEST_F(RestoreProductionTest, AKeyAndAnAddressBringPostgresRedisAndTheFilmsBack) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    ASSERT_NO_FATAL_FAILURE(make_world());
    harness::FilmNight night;
    {
        const auto server = serve();
        ASSERT_NO_FATAL_FAILURE(night.begin(*server));
        harness::Viewer viewer = night.enter(*server);
        must(redis_->ask({"SET", "kept", "x"}));
        const Ran made = run({"backup", "run", "--json"});
        ASSERT_EQ(made.exit, 0) << made.out << made.err;
        ASSERT_EQ(viewer.say("It goes on"), "ack");
        world_->archive();
    }
    world_->server().kill();
    redis_->kill();
    for (const fs::path& each : {world_->data(), at("data"), at("etc"), world_->plan()}) {
        fs::remove_all(each);
    }

    must(redis_->start());
    EXPECT_EQ(must(redis_->ask({"DBSIZE"})), "0");
    const Ran shown = restore({"--dry-run", "--json"});
    ASSERT_EQ(shown.exit, 0) << shown.out << shown.err;
    const std::string word(json::parse(shown.out).at("token").as_string());
    auto begun = std::chrono::steady_clock::now();
    const Ran half = restore({"--confirm", word});
    EXPECT_EQ(half.exit, 11) << half.out << half.err;
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const Ran unstarted = restore({"--confirm", word, "--start-postgres", "echo 'no' >&2; exit 7"});
    EXPECT_EQ(unstarted.exit, 12) << unstarted.out << unstarted.err;
    EXPECT_NE(unstarted.err.find("this failed: echo 'no'"), std::string::npos) << unstarted.err;
    must(world_->server().start());
    EXPECT_TRUE(
        harness::eventually([&] { return world_->ask("SELECT pg_is_in_recovery()") == "f"; }));
    begun = std::chrono::steady_clock::now();
    const Ran done = restore({"--confirm", word});
    ASSERT_EQ(done.exit, 0) << done.out << done.err;
    took += std::chrono::steady_clock::now() - begun;
    std::printf("brought back in %.1f s\n%s", took.count(), done.out.c_str());

    EXPECT_EQ(must(redis_->ask({"GET", "kept"})), "x");
    const auto server = serve();
    night.expect_back(*server, {"It begins", "It goes on"});
}

}  // namespace
}  // namespace syncwatch
