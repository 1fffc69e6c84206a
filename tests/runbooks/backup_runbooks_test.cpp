// Pages of docs/recovery/runbooks about backups themselves, settings, and Redis.
#include <fstream>

#include <fmt/format.h>

#include "apps/lab/ports.h"
#include "base/quantity.h"
#include "harness/eventually.h"
#include "harness/must.h"
#include "runbooks/runbook_world.h"

namespace syncwatch::runbooks {
namespace {

namespace fs = std::filesystem;

class BackupRunbooksTest : public EmbeddedRunbookWorld {};

TEST_F(BackupRunbooksTest, ADamagedBackupIsFollowedByAGoodOne) {
    serve();
    const std::string config = " --component config --config \"$CONFIG\"";
    ASSERT_EQ(sh("syncwatch backup run" + config), 0) << said_;
    for (const auto& each : fs::recursive_directory_iterator(backups())) {
        const bool is_data = each.path().string().find("/data/config/") != std::string::npos;
        if (!is_data || !each.is_regular_file()) continue;
        std::fstream(each.path(), std::ios::in | std::ios::out | std::ios::binary).put('#');
    }
    ASSERT_EQ(sh("syncwatch backup verify --all" + config), 5) << said_;
    variables_["COMPONENT"] = "config";
    carry_out("backup-damaged.md");
}

TEST_F(BackupRunbooksTest, APlaceThatWasAwayIsCaughtUpWith) {
    serve();
    make_room("Before");
    wait_until_backed_up();
    const fs::path elsewhere = folder_.path() / "elsewhere";
    fs::rename(backups(), elsewhere);
    // The folder above it is there, so a new one would be taken for the place.
    write(backups(), "not mounted");
    auto who = client();
    ASSERT_EQ(who.as(token_).patch("/api/v1/rooms/" + code_, {{"name", "Meanwhile"}}).status, 200);
    instead_["bring it back"] = [&] {
        fs::remove(backups());
        fs::rename(elsewhere, backups());
        wait_until_backed_up();
    };
    carry_out("repository-away.md");
    ASSERT_EQ(sh("syncwatch restore database --into \"$UNITS/old.db\" --config \"$CONFIG\" && "
                 "sqlite3 \"$UNITS/old.db\" 'SELECT name FROM rooms'"),
              0)
        << said_;
    EXPECT_NE(said_.find("Meanwhile"), std::string::npos) << said_;
    fs::remove(folder_.path() / "units" / "old.db");
}

/// With a secret of its own, and somebody who has a recovery key.
class SettingsRunbooksTest : public EmbeddedRunbookWorld {
protected:
    SettingsRunbooksTest() {
        const std::string key = (folder_.path() / "key").string();
        if (sh("age-keygen -o " + key + " && age-keygen -y " + key) != 0) {
            throw std::runtime_error(said_);
        }
        const std::string recipient = said_.substr(said_.find("age1"), 62);
        std::ofstream(etc() / "plan.toml", std::ios::app)
            << "\n[escrow]\nrecipients = [\"" << recipient << "\"]\n";
        std::ofstream(etc() / "syncwatch.toml", std::ios::app)
            << "\n[metrics]\ntoken_file = \"" << (etc() / "token").string() << "\"\n";
        write(etc() / "token", "a-secret-token-of-metrics\n");
        fs::permissions(etc() / "token", fs::perms(0600));
        variables_["KEY"] = key;
        variables_["REPOSITORY"] = "file:" + backups().string();
    }
};

TEST_F(SettingsRunbooksTest, LostOnesComeBackWithARecoveryKey) {
    serve();
    ASSERT_EQ(sh("syncwatch backup run --component config --component secrets --config "
                 "\"$CONFIG\""),
              0)
        << said_;
    const std::string token = "cat '" + (etc() / "token").string() + "'";
    fs::remove_all(etc());
    lost();
    carry_out("settings-and-secrets-lost.md");
    ASSERT_EQ(sh(token), 0) << said_;
    EXPECT_EQ(said_, "a-secret-token-of-metrics\n");
    EXPECT_FALSE(fs::exists(variables_["KEY"]));
    note_time("settings and secrets", "3 files");
    expect_in_plan("settings-lost");
}

/// A Redis with an append-only file, that holds more than ours.
class RedisRunbooksTest : public EmbeddedRunbookWorld {
protected:
    RedisRunbooksTest() : redis_port_(must(lab::free_port())) {
        fs::create_directories(redis());
        fs::permissions(redis(), fs::perms(0755));
        write(folder_.path() / "redis.conf",
              fmt::format("bind 127.0.0.1\nport {}\ndir {}\nappendonly yes\n", redis_port_,
                          redis().string()));
        unit("redis-server", "exec redis-server " + (folder_.path() / "redis.conf").string());
        std::ofstream(etc() / "syncwatch.toml", std::ios::app)
            << "redis_url = \"redis://127.0.0.1:" << redis_port_ << "\"\n";
        variables_["REDIS"] = redis().string();
        variables_["PORT"] = std::to_string(redis_port_);
    }
    fs::path redis() const { return folder_.path() / "redis"; }
    /// Keys with values of a hundred bytes each, all different.
    void fill(std::size_t keys) {
        const std::string script = fmt::format(
            "for i = 1, {} do redis.call('SET', 'key:' .. i, i .. string.rep('x', 100)) end "
            "return 'filled'",
            keys);
        const bool filled = harness::eventually(
            [&] { return sh("redis-cli -p \"$PORT\" EVAL \"" + script + "\" 0") == 0; });
        ASSERT_TRUE(filled && said_ == "filled\n") << said_;
    }

    std::uint16_t redis_port_;
};

TEST_F(RedisRunbooksTest, WhatItHeldComesBackThoughItHasAnAppendOnlyFile) {
    const std::size_t keys = measures() ? 200'000 : 10'000;
    start("redis-server");
    fill(keys);
    serve();
    ASSERT_EQ(sh("syncwatch backup run --component redis --config \"$CONFIG\""), 0) << said_;
    kill("redis-server");
    const auto bytes = bytes_in(redis());
    fs::remove_all(redis() / "appendonlydir");
    lost();
    carry_out("redis-lost.md");
    ASSERT_EQ(sh("redis-cli -p \"$PORT\" DBSIZE"), 0);
    EXPECT_EQ(said_, std::to_string(keys) + "\n");
    ASSERT_EQ(sh("redis-cli -p \"$PORT\" GET key:7777"), 0);
    EXPECT_EQ(said_, "7777" + std::string(100, 'x') + "\n");
    // It goes on from there, over another start.
    ASSERT_EQ(sh("redis-cli -p \"$PORT\" SET anew 1"), 0);
    ASSERT_EQ(sh("systemctl stop redis-server && systemctl start redis-server"), 0) << said_;
    EXPECT_TRUE(harness::eventually([&] {
        return sh("redis-cli -p \"$PORT\" GET anew") == 0 && said_ == "1\n";
    })) << said_;
    note_time("Redis: its append-only file is gone",
              fmt::format("{} keys, {}", keys, format_size(bytes)));
    expect_in_plan("redis-data-lost");
}

}  // namespace
}  // namespace syncwatch::runbooks
