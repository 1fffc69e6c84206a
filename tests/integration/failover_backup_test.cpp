// A server is lost while it is copied, and another takes over: what was half made is no backup, and
// the next is of the new one.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "apps/lab/ports.h"
#include "apps/lab/wait.h"
#include "harness/postgres_stream_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using harness::Ran;
using World = harness::PostgresStreamWorld;

/// A second server that follows the first, until it is told to take over.
class Standby {
public:
    explicit Standby(const World& world) : port_(must(lab::free_port())) {
        must(lab::hand_over(folder_.path()));
        const std::string data = (folder_.path() / "data").string();
        const fs::path programs = must(lab::postgres_programs());
        const auto copied =
            start({(programs / "pg_basebackup").string(), "-d", world.server_url(), "-D", data,
                   "-R", "--wal-method=stream", "--checkpoint=fast", "--no-sync"});
        EXPECT_EQ(copied->wait(60s), 0) << copied->err();
        server_ = start({(programs / "postgres").string(), "-D", data, "-c",
                         "port=" + std::to_string(port_), "-c",
                         "unix_socket_directories=" + folder_.path().string()});
        EXPECT_TRUE(harness::eventually([&] { return ask("SELECT pg_is_in_recovery()") == "t"; }))
            << server_->err();
    }
    ~Standby() {
        server_->signal(SIGINT);
        (void)server_->wait();
    }
    Standby(const Standby&) = delete;
    Standby& operator=(const Standby&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url() const {
        return "postgres://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres";
    }
    std::string ask(const std::string& sql) const { return harness::ask_one(url(), sql); }

private:
    static std::unique_ptr<harness::Process> start(std::vector<std::string> command) {
        harness::Process::Options options;
        options.command = std::move(command);
        options.user = harness::unprivileged();
        return std::make_unique<harness::Process>(options);
    }

    TempFolder folder_;
    std::uint16_t port_;
    std::unique_ptr<harness::Process> server_;
};

TEST(FailoverBackupTest, WhatWasHalfMadeIsNoBackupAndTheNextIsOfTheNewServer) {
    World world;
    must(
        world.server().sql("CREATE TABLE much AS SELECT string_agg(md5(random()::text), '') AS t "
                           "FROM generate_series(1, 3000) AS a, generate_series(1, 100) AS b "
                           "GROUP BY a; INSERT INTO kept VALUES (1)"));
    const Standby standby(world);
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
    EXPECT_EQ(world.ask("SELECT string_agg(n::text, ',' ORDER BY n) FROM kept"), "1,2,3");
}

}  // namespace
}  // namespace syncwatch
