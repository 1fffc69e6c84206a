// Snapshots of a real Redis: taken over the network, looked at, and loaded again.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/redis/redis_link.h"
#include "adapters/redis/tls.h"
#include "adapters/redis_backup/redis_snapshot.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/lab/certificates.h"
#include "apps/lab/ports.h"
#include "apps/lab/redis_server.h"
#include "apps/lab/wait.h"
#include "base/async/run_to_end.h"
#include "harness/contents_of.h"
#include "harness/must.h"
#include "harness/redis_data.h"
#include "harness/small_disk.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using redis::RedisSnapshot;

class RedisBackupTest : public testing::Test {
protected:
    std::unique_ptr<lab::RedisServer> make(const std::string& name, std::string extra = {}) {
        return must(lab::RedisServer::make({folder_.path() / name, std::move(extra)}));
    }
    static void fill(const lab::RedisServer& server, int count) {
        // In steps, so that none takes long on a machine that is busy.
        constexpr int kAtOnce = 10'000;
        for (int from = 1; from <= count; from += kAtOnce) {
            const int until = std::min(count, from + kAtOnce - 1);
            EXPECT_EQ(must(server.ask({"eval", harness::kFillRedis, "0", std::to_string(from),
                                       std::to_string(until)})),
                      "filled");
        }
    }
    RedisSnapshot of(const std::string& url, std::string password = {}) {
        RedisSnapshot::Options options;
        options.server.address = must(redis::parse_redis_url(url));
        options.server.password = [password = std::move(password)] { return password; };
        options.server.trust = trust_;
        options.server.answer_within = 10s;
        options.silence = silence_;
        return RedisSnapshot(std::move(options), {clock_, random_, pool_});
    }
    SnapshotSource::Facts take(RedisSnapshot& snapshot) {
        return must(run_to_end(snapshot.take(file_)));
    }
    fs::path scratch(const std::string& name) const {
        fs::path path = folder_.path() / name;
        fs::create_directories(path);
        return path;
    }
    Error refused(RedisSnapshot& snapshot) {
        const auto taken = run_to_end(snapshot.take(file_));
        EXPECT_FALSE(taken);
        EXPECT_FALSE(fs::exists(file_));
        return taken ? Error() : taken.error();
    }

    TempFolder folder_;
    fs::path file_ = folder_.path() / "dump.rdb";
    SystemClock clock_;
    SystemRandom random_;
    net::thread_pool pool_{2};
    redis::TlsTrust trust_;
    std::chrono::milliseconds silence_{20'000};
};

TEST_F(RedisBackupTest, AllOfAHundredThousandKeysIsTakenAndLoadsAgain) {
    const auto server = make("redis");
    fill(*server, 100'000);
    RedisSnapshot snapshot = of(server->url());
    const WallTime before = clock_.wall();
    const auto facts = take(snapshot);
    const SnapshotSource::Counts expected{{"keys", 100'000},     {"expiring", 10'000},
                                          {"db0", 1000},         {"db3", 99'000},
                                          {"db0_expiring", 100}, {"db3_expiring", 9900}};
    EXPECT_EQ(facts.counts, expected);
    EXPECT_EQ(facts.bytes, fs::file_size(file_));
    EXPECT_GE(facts.moment + 2s, before);
    EXPECT_LE(facts.moment, clock_.wall());
    EXPECT_TRUE(facts.engine_version.starts_with("7.") || facts.engine_version.starts_with("8."));
    EXPECT_EQ(facts.system_id.size(), 40U);
    EXPECT_EQ(facts.position.find(facts.system_id + ":"), 0U);
    EXPECT_NE(must(server->ask({"info", "replication"})).find("master_replid:" + facts.system_id),
              std::string::npos);
    EXPECT_EQ(must(run_to_end(snapshot.inspect(file_))), expected);
    EXPECT_EQ(must(run_to_end(snapshot.rehearse(file_, scratch("plain")))), expected);
    EXPECT_EQ(must(run_to_end(snapshot.rehearse_append_only(file_, scratch("aof")))), expected);
}

TEST_F(RedisBackupTest, AServerThatWritesToItsDiskFirstGivesTheSame) {
    const auto server = make("redis", "repl-diskless-sync no\nappendonly yes\n");
    fill(*server, 500);
    RedisSnapshot snapshot = of(server->url());
    EXPECT_EQ(take(snapshot).counts.at("keys"), 500U);
    EXPECT_EQ(must(run_to_end(snapshot.rehearse(file_, scratch("plain")))).at("db0"), 500U);
}

TEST_F(RedisBackupTest, AnEmptyServerGivesAnEmptyFileThatIsWhole) {
    const auto server = make("redis");
    RedisSnapshot snapshot = of(server->url());
    const SnapshotSource::Counts nothing{{"keys", 0}, {"expiring", 0}};
    EXPECT_EQ(take(snapshot).counts, nothing);
    EXPECT_EQ(must(run_to_end(snapshot.rehearse(file_, scratch("plain")))), nothing);
    EXPECT_EQ(must(run_to_end(snapshot.rehearse_append_only(file_, scratch("aof")))), nothing);
}

TEST_F(RedisBackupTest, KeysWhoseTimeHasComeAreNotMissed) {
    const auto server = make("redis");
    must(server->ask({"mset", "a", "1", "b", "2"}));
    must(server->ask({"set", "soon", "3", "px", "700"}));
    RedisSnapshot snapshot = of(server->url());
    EXPECT_EQ(take(snapshot).counts.at("keys"), 3U);
    std::this_thread::sleep_for(800ms);
    EXPECT_EQ(must(run_to_end(snapshot.rehearse(file_, scratch("plain")))).at("keys"), 3U);
}

TEST_F(RedisBackupTest, APasswordIsNeededWhereThereIsOne) {
    const auto server =
        make("redis",
             "user default off\nuser backup on >a-secret -@all +hello +auth +psync +replconf +info "
             "+time\n");
    RedisSnapshot stranger = of(server->url());
    EXPECT_EQ(refused(stranger).code, ErrorCode::Forbidden);
    const std::string url = fmt::format("redis://backup@127.0.0.1:{}", server->port());
    RedisSnapshot wrong = of(url, "another");
    EXPECT_EQ(refused(wrong).code, ErrorCode::Forbidden);
    RedisSnapshot right = of(url, "a-secret");
    EXPECT_EQ(take(right).counts.at("keys"), 0U);
}

TEST_F(RedisBackupTest, TheServersCertificateIsChecked) {
    const fs::path certificates = scratch("tls");
    must(lab::hand_over(certificates));
    lab::Launch like;
    like.log = certificates / "log";
    must(lab::make_server_certificate(certificates, like));
    const std::uint16_t port = must(lab::free_port());
    const auto server = make(
        "redis", fmt::format("tls-port {0}\ntls-cert-file {1}/server.crt\ntls-key-file "
                             "{1}/server.key\ntls-ca-cert-file {1}/ca.crt\ntls-auth-clients no\n",
                             port, certificates.string()));
    fill(*server, 100);
    const std::string url = fmt::format("rediss://localhost:{}", port);
    trust_ = must(redis::load_trust(certificates / "ca.crt"));
    RedisSnapshot trusting = of(url);
    EXPECT_EQ(take(trusting).counts.at("keys"), 100U);
    fs::remove(file_);
    trust_ = must(redis::load_trust({}));
    RedisSnapshot strange = of(url);
    EXPECT_NE(refused(strange).message.find("certificate"), std::string::npos);
}

TEST_F(RedisBackupTest, BehindSentinelsTheReplicaIsAskedAndElseTheMaster) {
    const auto group = must(lab::RedisGroup::make(folder_.path()));
    fill(group->server(0), 1000);
    const auto forks = [&](int index) {
        const std::string stats = must(group->server(index).ask({"info", "stats"}));
        const std::size_t at = stats.find("sync_full:");
        return std::stoi(stats.substr(at + 10));
    };
    const int of_master = forks(0);
    const int of_replica = forks(1);
    RedisSnapshot snapshot = of(group->url());
    EXPECT_EQ(take(snapshot).counts.at("keys"), 1000U);
    EXPECT_EQ(forks(0), of_master);
    EXPECT_EQ(forks(1), of_replica + 1);
    fs::remove(file_);
    group->server(1).kill();
    EXPECT_EQ(take(snapshot).counts.at("keys"), 1000U);
    EXPECT_EQ(forks(0), of_master + 1);
}

TEST_F(RedisBackupTest, AReplicaWithoutItsMasterIsRefused) {
    auto master = make("first");
    const auto replica = make("second", fmt::format("replicaof 127.0.0.1 {}\n", master->port()));
    RedisSnapshot snapshot = of(replica->url());
    const auto linked = [&] {
        const auto said = replica->ask({"info", "replication"});
        return said && said->find("master_link_status:up") != std::string::npos;
    };
    ASSERT_TRUE(lab::wait_until(linked, 30s));
    EXPECT_EQ(take(snapshot).counts.at("keys"), 0U);
    fs::remove(file_);
    master->kill();
    ASSERT_TRUE(lab::wait_until([&] { return !linked(); }, 30s));
    const Error error = refused(snapshot);
    EXPECT_EQ(error.code, ErrorCode::Unavailable);
    EXPECT_NE(error.message.find("not in step"), std::string::npos) << error.message;
}

// Why a Redis of nodes alone needs no backup, and why nothing in it can be out of date.
TEST_F(RedisBackupTest, NodesLeaveNothingInIt) {
    const auto server =
        make("redis",
             "user node on nopass resetkeys resetchannels &syncwatch:bus -@all +hello "
             "+auth +ping +publish +subscribe +role\n");
    redis::RedisLink::Options options;
    options.client.address =
        must(redis::parse_redis_url(fmt::format("redis://node:x@127.0.0.1:{}", server->port())));
    redis::RedisLink link(random_, std::move(options));
    std::atomic<bool> connected = false;
    std::atomic<int> heard = 0;
    BusLink::Receiver receiver;
    receiver.connected = [&](bool now) { connected = now; };
    receiver.message = [&](std::string_view) { ++heard; };
    link.start(std::move(receiver));
    EXPECT_TRUE(lab::wait_until([&] { return connected.load(); }, 20s));
    for (int i = 0; i < 10; ++i) link.send(std::make_shared<const std::string>("hello"));
    EXPECT_TRUE(lab::wait_until([&] { return heard == 10; }, 20s));
    RedisSnapshot snapshot = of(server->url());
    EXPECT_EQ(take(snapshot).counts.at("keys"), 0U);
    link.stop();
}

/// A server that takes long to send what it has, and something that happens to it meanwhile.
class RedisBackupBreaksTest : public RedisBackupTest {
protected:
    Error broken_by(const std::function<void(lab::RedisServer&)>& harm) {
        const auto server = make("redis", "rdb-key-save-delay 500\n");
        fill(*server, 6000);
        RedisSnapshot snapshot = of(server->url());
        std::atomic<bool> ended = false;
        std::jthread breaking([&] {
            const auto begun = [&] {
                std::error_code none;
                return ended || (fs::file_size(file_, none) > 0 && !none);
            };
            EXPECT_TRUE(lab::wait_until(begun, 20s, 1ms) && !ended) << "nothing came";
            harm(*server);
        });
        const Error error = refused(snapshot);
        ended = true;
        return error;
    }
};

TEST_F(RedisBackupBreaksTest, AServerThatIsKilledLeavesNoFile) {
    const Error error = broken_by([](lab::RedisServer& server) { server.kill(); });
    EXPECT_EQ(error.code, ErrorCode::Unavailable) << error.message;
}

TEST_F(RedisBackupBreaksTest, AServerThatHangsIsNotWaitedForForever) {
    silence_ = 700ms;
    const Error error = broken_by([](lab::RedisServer& server) { server.hang(); });
    EXPECT_EQ(error.code, ErrorCode::Timeout) << error.message;
    EXPECT_NE(error.message.find("nothing for"), std::string::npos) << error.message;
}

TEST_F(RedisBackupTest, AFullDiskIsSaidAndNothingIsLeft) {
    const SmallDisk disk("size=64k");
    if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
    fs::permissions(disk.path(), fs::perms::all);
    const auto server = make("redis");
    fill(*server, 10'000);
    RedisSnapshot snapshot = of(server->url());
    take(snapshot);
    const auto rehearsed = run_to_end(snapshot.rehearse(file_, disk.path()));
    ASSERT_FALSE(rehearsed);
    EXPECT_EQ(rehearsed.error().reason, "disk_full") << rehearsed.error().message;
    file_ = disk.path() / "dump.rdb";
    EXPECT_EQ(refused(snapshot).reason, "disk_full");
}

TEST_F(RedisBackupTest, WhatIsWrongWithAFileIsSaid) {
    const auto server = make("redis");
    fill(*server, 2000);
    RedisSnapshot snapshot = of(server->url());
    take(snapshot);
    const std::string good = contents_of(file_);
    const auto flipped = [&](std::size_t at) {
        std::string text = good;
        text[at] = static_cast<char>(text[at] ^ 1);
        return text;
    };
    // Unless it happens to end as a whole one does.
    const auto cut = [&](std::size_t size) {
        while (good[size - 9] == static_cast<char>(0xFF)) --size;
        return good.substr(0, size);
    };
    const struct {
        const char* what;
        std::string bytes;
        const char* said;
    } cases[] = {
        {"cut off", cut(good.size() / 2), "cut off"},
        {"cut off in the checksum", cut(good.size() - 3), "cut off"},
        {"a bit of the checksum", flipped(good.size() - 1), "not those that were written"},
        {"another beginning", flipped(0), "no RDB file"},
        {"a text", "what is this, and what does it do here?", "no RDB file"},
        {"nothing", "", "empty"},
        {"something behind it", good + "*1\r\n$4\r\nPING\r\n", "behind its end"},
        {"a newer one", "REDIS9999" + good.substr(9), "newer Redis"},
    };
    for (const auto& each : cases) {
        const fs::path file = folder_.path() / "damaged";
        std::ofstream(file, std::ios::binary) << each.bytes;
        const auto looked = run_to_end(snapshot.inspect(file));
        ASSERT_FALSE(looked) << each.what;
        EXPECT_NE(looked.error().message.find(each.said), std::string::npos)
            << each.what << ": " << looked.error().message;
        EXPECT_FALSE(run_to_end(snapshot.rehearse(file, scratch("scratch")))) << each.what;
    }
    // Wherever a bit turns, it is noticed.
    for (std::size_t at = 9; at < good.size(); at += good.size() / 15) {
        const fs::path file = folder_.path() / "damaged";
        std::ofstream(file, std::ios::binary) << flipped(at);
        const auto looked = run_to_end(snapshot.inspect(file));
        ASSERT_FALSE(looked) << "byte " << at;
        EXPECT_EQ(looked.error().code, ErrorCode::Corrupt) << looked.error().message;
    }
}

}  // namespace
}  // namespace syncwatch
