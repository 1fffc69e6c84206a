// `syncwatch restore redis`, as an operator has it, with real servers.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "apps/lab/redis_server.h"
#include "apps/lab/wait.h"
#include "harness/filled_disk.h"
#include "harness/must.h"
#include "harness/process.h"
#include "harness/redis_data.h"
#include "harness/small_disk.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using harness::Ran;
using harness::run_syncwatch;

constexpr auto kPatience = 30s;

/// More than a buffer.
constexpr const char* kLarge =
    "redis.call('SELECT', 3) return redis.call('SET', 'large', string.rep('x', 8000000))";
constexpr const char* kFunction =
    "#!lua name=lib\nredis.register_function('f', function() return 7 end)";

class RedisRestoreTest : public testing::Test {
protected:
    std::unique_ptr<lab::RedisServer> make(const std::string& name, const std::string& extra = {}) {
        return must(
            lab::RedisServer::make({folder_.path() / name, "enable-debug-command yes\n" + extra}));
    }
    fs::path folder_of(const std::string& name) const { return folder_.path() / name; }
    /// Two databases, and what ends.
    static void fill(const lab::RedisServer& server) {
        EXPECT_EQ(must(server.ask({"eval", harness::kFillRedis, "0", "1", "3000"})), "filled");
        must(server.ask({"eval", kLarge, "0"}));
    }
    /// What a server with all kinds of data has, as a file; `digest_` tells it from all else.
    fs::path snapshot() {
        const auto source = make("source");
        fill(*source);
        must(source->ask({"function", "load", kFunction}));
        digest_ = must(source->ask({"debug", "digest"}));
        const fs::path file = folder_of("source") / "snapshot.rdb";
        must(source->ask({"--rdb", file.string()}));
        return file;
    }
    void expect_all(const lab::RedisServer& server) const {
        EXPECT_EQ(must(server.ask({"debug", "digest"})), digest_);
        EXPECT_EQ(must(server.ask({"fcall", "f", "0"})), "7");
        const int left = std::stoi(must(server.ask({"eval", kTimeLeft, "0"})));
        EXPECT_GT(left, 3'000'000);
        EXPECT_LE(left, 3'600'000);
    }
    static void wait_until_loaded(const lab::RedisServer& server) {
        const auto loaded = [&] {
            const auto said = server.ask({"info", "persistence"});
            return said && said->find("loading:0") != std::string::npos;
        };
        ASSERT_TRUE(lab::wait_until(loaded, kPatience));
    }
    std::vector<std::string> command(const std::vector<std::string>& words,
                                     const std::vector<std::string>& more) const {
        std::vector<std::string> all{
            harness::program(),     "restore", "redis", "--keep", folder_.path(), "--data-dir",
            folder_.path() / "data"};
        all.insert(all.end(), words.begin(), words.end());
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Ran restore_words(const std::vector<std::string>& words,
                      const std::vector<std::string>& more) const {
        auto all = command(words, more);
        all.erase(all.begin());
        return run_syncwatch(std::move(all));
    }
    Ran restore(const std::vector<std::string>& words) const { return restore_words(words, {}); }
    /// The word that a dry run shows, and then the real one.
    Ran confirmed(std::vector<std::string> words) const {
        words.emplace_back("--dry-run");
        words.emplace_back("--json");
        const Ran shown = restore(words);
        EXPECT_EQ(shown.exit, 0) << shown.err;
        words.pop_back();
        words.back() = "--confirm";
        words.emplace_back(json::parse(shown.out).at("token").as_string());
        return restore(std::move(words));
    }
    std::vector<std::string> names_in(const fs::path& folder, const std::string& part) const {
        std::vector<std::string> out;
        for (const auto& each : fs::directory_iterator(folder)) {
            const std::string name = each.path().filename();
            if (name.find(part) != std::string::npos) out.push_back(name);
        }
        std::ranges::sort(out);
        return out;
    }

    static constexpr const char* kTimeLeft =
        "redis.call('SELECT', 3) return redis.call('PTTL', 'key:2000' .. string.char(0, 255, 10))";
    TempFolder folder_;
    std::string digest_;
};

TEST_F(RedisRestoreTest, AServerWithAnAppendOnlyFileLoadsWhatWasPutIntoItsFolder) {
    const fs::path file = snapshot();
    const auto server = make("redis", "appendonly yes\n");
    must(server->ask({"set", "later", "1"}));
    const std::vector<std::string> words{"--file", file, "--into", folder_of("redis")};
    const Ran runs = restore(words);
    EXPECT_EQ(runs.exit, 8) << runs.err;
    EXPECT_NE(runs.err.find("a server runs in"), std::string::npos) << runs.err;
    server->kill();
    EXPECT_EQ(restore(words).exit, 10);
    const Ran done = confirmed(words);
    ASSERT_EQ(done.exit, 0) << done.err;
    ASSERT_TRUE(server->start());
    wait_until_loaded(*server);
    expect_all(*server);
    EXPECT_EQ(must(server->ask({"exists", "later"})), "0");
    EXPECT_EQ(names_in(folder_of("redis"), "appendonlydir.before-").size(), 1U);
    // It goes on from there, over another start.
    must(server->ask({"set", "anew", "1"}));
    must(server->ask({"config", "set", "appendfsync", "always"}));
    must(server->ask({"set", "anew", "2"}));
    server->kill();
    ASSERT_TRUE(server->start());
    wait_until_loaded(*server);
    EXPECT_EQ(must(server->ask({"get", "anew"})), "2");
}

TEST_F(RedisRestoreTest, AServerWithoutOneLoadsDumpRdb) {
    const fs::path file = snapshot();
    const auto server = make("redis", "save 3600 1\n");
    server->kill();
    std::vector<std::string> words{"--file", file, "--into", folder_of("redis")};
    const Ran unclear = restore(words);
    EXPECT_EQ(unclear.exit, 2);
    EXPECT_NE(unclear.err.find("--appendonly"), std::string::npos) << unclear.err;
    words.insert(words.end(), {"--appendonly", "no"});
    const Ran done = restore(words);
    ASSERT_EQ(done.exit, 0) << done.err;
    ASSERT_TRUE(server->start());
    wait_until_loaded(*server);
    expect_all(*server);
    server->kill();
    // Another time something is there: it is counted, and kept.
    const Ran shown =
        restore({"--file", file, "--into", folder_of("redis"), "--appendonly", "no", "--dry-run"});
    EXPECT_NE(shown.out.find("3001 keys"), std::string::npos) << shown.out;
    EXPECT_EQ(restore(words).exit, 10);
    EXPECT_EQ(confirmed(words).exit, 0);
    EXPECT_EQ(names_in(folder_of("redis"), "dump.rdb").size(), 2U);
}

TEST_F(RedisRestoreTest, AServerThatRunsTakesItWithItsReplicaAndItsAppendOnlyFile) {
    const fs::path file = snapshot();
    const auto server = make("redis",
                             "appendonly yes\nuser operator on >a-secret allkeys allchannels "
                             "+@all\n");
    const auto replica = make("replica", fmt::format("replicaof 127.0.0.1 {}\n", server->port()));
    must(server->ask({"set", "later", "1"}));
    const fs::path password = folder_.path() / "password";
    std::ofstream(password) << "wrong\n";
    const std::vector<std::string> words{
        "--file",          file,
        "--server",        fmt::format("redis://operator@127.0.0.1:{}", server->port()),
        "--password-file", password};
    EXPECT_EQ(restore(words).exit, 3);
    std::ofstream(password) << "a-secret\n";
    EXPECT_EQ(restore(words).exit, 10);
    EXPECT_EQ(must(server->ask({"get", "later"})), "1");
    const Ran done = confirmed(words);
    ASSERT_EQ(done.exit, 0) << done.err;
    EXPECT_NE(done.out.find("before: 1, now: 3001"), std::string::npos) << done.out;
    expect_all(*server);
    const auto same = [&] {
        const auto digest = replica->ask({"debug", "digest"});
        return digest && *digest == digest_;
    };
    EXPECT_TRUE(lab::wait_until(same, kPatience)) << must(replica->ask({"info", "replication"}));
    server->kill();
    ASSERT_TRUE(server->start());
    wait_until_loaded(*server);
    expect_all(*server);
    // And back to what there was.
    const auto kept = names_in(folder_.path(), "redis-before-");
    ASSERT_EQ(kept.size(), 1U);
    std::vector<std::string> back = words;
    back[1] = (folder_.path() / kept[0]).string();
    EXPECT_EQ(confirmed(back).exit, 0);
    EXPECT_EQ(must(server->ask({"get", "later"})), "1");
    EXPECT_EQ(must(server->ask({"dbsize"})), "1");
}

TEST_F(RedisRestoreTest, AnAppendOnlyFileIsTurnedOnWhenAllIsThere) {
    const fs::path file = snapshot();
    const auto server = make("redis");
    const Ran done = restore({"--file", file, "--server", server->url(), "--appendonly", "yes"});
    ASSERT_EQ(done.exit, 0) << done.err;
    EXPECT_NE(done.out.find("stands in its configuration"), std::string::npos) << done.out;
    server->kill();
    ASSERT_TRUE(server->start());
    wait_until_loaded(*server);
    EXPECT_EQ(must(server->ask({"config", "get", "appendonly"})), "appendonly\nyes");
    expect_all(*server);
}

TEST_F(RedisRestoreTest, AServerThatWritesADumpHasItBeforeThatIsSaid) {
    const fs::path file = snapshot();
    // By its own rule it would take an hour.
    const auto server = make("redis", "save 3600 1\nrdb-key-save-delay 100\n");
    const Ran done = restore({"--file", file, "--server", server->url()});
    ASSERT_EQ(done.exit, 0) << done.err;
    EXPECT_NE(done.out.find("dump.rdb was written anew"), std::string::npos) << done.out;
    server->kill();
    ASSERT_TRUE(server->start());
    wait_until_loaded(*server);
    expect_all(*server);
}

TEST_F(RedisRestoreTest, WhatIsBackedUpByCommandIsVerifiedAndComesBack) {
    const auto server = make("redis");
    fill(*server);
    must(server->ask({"function", "load", kFunction}));
    digest_ = must(server->ask({"debug", "digest"}));
    const fs::path data = folder_.path() / "data";
    fs::create_directories(data);
    // Nobody but its owner gets to what passes through, and the servers for it are nobody.
    fs::permissions(data, fs::perms::owner_all);
    const auto backup = [&](std::vector<std::string> words) {
        words.insert(words.end(), {"--repository", "file:" + (folder_.path() / "near").string(),
                                   "--cluster", "lab", "--data-dir", data.string()});
        return run_syncwatch(std::move(words), {},
                             {{"SYNCWATCH_RECOVERY_REDIS_URL", server->url()}});
    };
    const Ran made = backup({"backup", "run", "--component", "redis", "--json"});
    ASSERT_EQ(made.exit, 0) << made.err << made.out;
    const json::value said = json::parse(made.out);
    const json::value& record = said.at("backups").at(0).at("record");
    EXPECT_EQ(record.at("counts").at("keys").to_number<int>(), 3001);
    for (const char* level : {"checksums", "restore"}) {
        const Ran looked = backup({"backup", "verify", "--component", "redis", "--level", level});
        EXPECT_EQ(looked.exit, 0) << looked.err << looked.out;
        EXPECT_NE(looked.out.find("sound"), std::string::npos) << looked.out;
    }
    must(server->ask({"flushall"}));
    must(server->ask({"function", "flush"}));
    const std::string id(record.at("id").as_string());
    for (const std::string& set : {std::string(), id}) {
        std::vector<std::string> words{"restore",     "redis",  "--server",
                                       server->url(), "--keep", folder_.path().string()};
        if (!set.empty()) words.insert(words.end(), {"--set", set, "--dry-run"});
        const Ran done = backup(words);
        EXPECT_EQ(done.exit, 0) << done.err;
        EXPECT_NE(done.out.find(id), std::string::npos) << done.out;
        const bool is_told = done.out.find(" s, as the test of 20") != std::string::npos;
        EXPECT_EQ(is_told, !set.empty()) << done.out;
        expect_all(*server);
    }
    EXPECT_EQ(backup({"restore", "redis", "--server", server->url(), "--set", "ffff"}).exit, 3);
    for (const auto& each : fs::recursive_directory_iterator(folder_.path() / "near")) {
        const bool is_held = each.path().string().find("/hold/") != std::string::npos;
        EXPECT_FALSE(is_held && each.is_regular_file()) << each.path();
    }
    EXPECT_TRUE(fs::is_empty(data / "backup"));
}

TEST_F(RedisRestoreTest, WhoeverIsKilledMeanwhileDoesItAgain) {
    const fs::path file = snapshot();
    const auto server = make("redis");
    must(server->ask({"set", "later", "1"}));
    // Each life is longer than the one before it, until one comes to its end.
    const auto until_one_ends = [&](std::vector<std::string> words) {
        int kills = 0;
        for (auto patience = 20ms; patience < kPatience; patience = patience * 3 / 2) {
            const Ran shown = restore_words(words, {"--dry-run", "--json"});
            EXPECT_EQ(shown.exit, 0) << shown.err;
            const std::string token(json::parse(shown.out).at("token").as_string());
            harness::Process::Options options;
            options.command = command(words, {"--confirm", token});
            harness::Process process(options);
            const auto ended = process.wait(patience);
            if (ended) {
                EXPECT_EQ(*ended, 0) << process.out() << process.err();
                return kills;
            }
            process.signal(SIGKILL);
            (void)process.wait();
            ++kills;
        }
        ADD_FAILURE() << "it never ended";
        return kills;
    };
    EXPECT_GT(until_one_ends({"--file", file, "--server", server->url()}), 2);
    expect_all(*server);
    EXPECT_EQ(must(server->ask({"exists", "later"})), "0");
    const auto kept = names_in(folder_.path(), "redis-before-");
    ASSERT_FALSE(kept.empty());
    const auto second = make("second", "save 3600 1\n");
    second->kill();
    const std::vector<std::string> into{"--file",       file, "--into", folder_of("second"),
                                        "--appendonly", "no"};
    EXPECT_GT(until_one_ends(into), 2);
    ASSERT_TRUE(second->start());
    wait_until_loaded(*second);
    expect_all(*second);
}

TEST_F(RedisRestoreTest, AFullDiskIsSaidAndWhatIsThereStays) {
    const fs::path file = snapshot();
    const SmallDisk disk("size=16m");
    if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
    must(lab::hand_over(disk.path()));
    std::ofstream(disk.path() / "dump.rdb") << "older";
    const std::vector<std::string> words{"--file",    file,           "--into",
                                         disk.path(), "--appendonly", "no"};
    {
        const harness::FilledDisk full(disk.path());
        const Ran refused = confirmed(words);
        EXPECT_EQ(refused.exit, 4) << refused.out << refused.err;
        EXPECT_NE(refused.err.find("No space left on device"), std::string::npos) << refused.err;
    }
    EXPECT_EQ(names_in(disk.path(), ""), std::vector<std::string>{"dump.rdb"});
    EXPECT_EQ(confirmed(words).exit, 0);
    EXPECT_EQ(names_in(disk.path(), "dump.rdb").size(), 2U);
}

TEST_F(RedisRestoreTest, WhatCannotBeIsRefusedAndNothingIsChanged) {
    const fs::path file = snapshot();
    const auto server = make("redis");
    must(server->ask({"set", "later", "1"}));
    const auto replica = make("replica", fmt::format("replicaof 127.0.0.1 {}\n", server->port()));
    const auto linked = [&] {
        const auto said = replica->ask({"info", "replication"});
        return said && said->find("master_link_status:up") != std::string::npos;
    };
    ASSERT_TRUE(lab::wait_until(linked, kPatience));
    const fs::path damaged = folder_.path() / "damaged.rdb";
    std::ofstream(damaged) << "this is none";
    const fs::path nowhere = folder_.path() / "nowhere";
    const std::string unused = "redis://127.0.0.1:1";
    const struct {
        std::vector<std::string> words;
        int exit;
        const char* said;
    } cases[] = {
        {{"--file", file, "--server", replica->url()}, 3, "is a replica of"},
        {{"--file", damaged, "--server", server->url()}, 5, "no RDB file"},
        {{"--file", nowhere, "--server", server->url()}, 3, "nowhere"},
        {{"--file", file, "--server", unused}, 4, "127.0.0.1:1"},
        {{"--file", file, "--into", nowhere}, 3, "nowhere"},
        {{"--file", file}, 2, "say where to"},
        {{"--file", file, "--into", nowhere, "--server", unused}, 2, "say where to"},
        {{"--file", file, "--server", "ftp://x"}, 2, "URL of Redis"},
        {{"--file", file, "--server", server->url(), "--confirm", "wrong"}, 10, "not as they were"},
    };
    for (const auto& each : cases) {
        const Ran ran = restore(each.words);
        EXPECT_EQ(ran.exit, each.exit) << each.said << ": " << ran.err;
        EXPECT_NE(ran.err.find(each.said), std::string::npos) << ran.err;
    }
    EXPECT_EQ(must(server->ask({"get", "later"})), "1");
    EXPECT_TRUE(names_in(folder_.path(), "redis-before-").empty());
}

}  // namespace
}  // namespace syncwatch
