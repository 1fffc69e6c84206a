// The backup of the embedded database, as an operator has it: made by the server, brought back by
// command.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "harness/http_client.h"
#include "harness/planned_installation.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using harness::HttpClient;
using harness::Ran;
using harness::run_syncwatch;
using harness::Server;

class EmbeddedBackupTest : public harness::PlannedInstallation {
protected:
    void SetUp() override { write_plan({{"near", place("backups")}}); }
    std::string name_of_room(const Server& server) const {
        HttpClient client(server.port());
        return client.as(token_).get("/api/v1/rooms/" + code_).text_at("name");
    }
    /// Somebody with a room.
    void make_room(const Server& server, const std::string& name) {
        HttpClient client(server.port());
        token_ = client.account("alice");
        code_ = client.as(token_).post("/api/v1/rooms", {{"name", name}}).text_at("code");
    }
    void rename_room(const Server& server, const std::string& name) const {
        HttpClient client(server.port());
        ASSERT_EQ(client.as(token_).patch("/api/v1/rooms/" + code_, {{"name", name}}).status, 200);
    }
    static ::uid_t owner_of(const fs::path& path) {
        struct ::stat facts {};
        EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
        return facts.st_uid;
    }
    static std::size_t count(const fs::path& folder, const std::string& part) {
        std::size_t found = 0;
        for (const auto& each : fs::directory_iterator(folder)) {
            found += each.path().filename().string().find(part) != std::string::npos ? 1u : 0u;
        }
        return found;
    }

    const fs::path backups_ = folder_.path() / "backups";
    std::string token_;
    std::string code_;
};

TEST_F(EmbeddedBackupTest, AMachineThatIsLostComesBackFromAnAddressAlone) {
    auto server = serve();
    make_room(*server, "Film night");
    wait_until_backed_up();
    server->kill();
    fs::remove_all(data_);
    fs::remove(plan_);

    const fs::path other = folder_.path() / "another machine";
    const Ran restored = run_syncwatch(
        {"restore", "database", "--repository", place("backups"), "--data-dir", other.string()});
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    EXPECT_NE(restored.out.find("next           start the server"), std::string::npos);
    Server again(other);
    EXPECT_EQ(name_of_room(again), "Film night");
}

TEST_F(EmbeddedBackupTest, AMomentComesBackAndWhatWasThereStays) {
    auto server = serve();
    make_room(*server, "As it was");
    wait_until_backed_up();
    const std::string moment = format_rfc3339(harness::wall_now());
    std::this_thread::sleep_for(10ms);
    rename_room(*server, "A mistake");
    wait_until_backed_up();
    const std::vector<std::string> restore{"restore", "database", "--to", moment};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), restore.begin(), restore.end());
        return more;
    };
    EXPECT_EQ(run(restore).exit, 8) << "a server runs";
    EXPECT_EQ(server->stop(), 0);

    const Ran asked = run(restore);
    EXPECT_EQ(asked.exit, 10) << asked.out << asked.err;
    const json::value shown = document(with({"--dry-run"}));
    EXPECT_EQ(shown.at("exit"), 0);
    const std::string token(shown.at("intent").at("token").as_string());
    EXPECT_NE(asked.err.find("--confirm " + token), std::string::npos) << asked.err;
    EXPECT_EQ(run(with({"--confirm", "00000000"})).exit, 10);
    EXPECT_EQ(count(data_, ".before-"), 0u) << "nothing was done";

    // Root restores it, and a service runs as somebody else.
    constexpr ::uid_t kNobody = 65534;
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(data_.c_str(), kNobody, kNobody), 0);
    }
    const Ran restored = run(with({"--confirm", token}));
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    EXPECT_EQ(owner_of(data_ / "syncwatch.db"), owner_of(data_));
    EXPECT_EQ(count(data_, ".before-"), 1u) << "what was there is kept, its log in it";
    EXPECT_EQ(run(with({"--confirm", token})).exit, 10) << "once";
    server = serve();
    EXPECT_EQ(name_of_room(*server), "As it was");
    // It goes on from there, under the same name.
    rename_room(*server, "Another try");
    wait_until_backed_up();
    EXPECT_EQ(document({"backup", "list"}).at("exit"), 0);
}

TEST_F(EmbeddedBackupTest, AStopAndAStartLeaveNoMomentOut) {
    auto server = serve();
    make_room(*server, "Film night");
    wait_until_backed_up();
    for (int life = 0; life < 2; ++life) {
        rename_room(*server, "Film night " + std::to_string(life));
        EXPECT_EQ(server->stop(), 0);
        server = serve();
    }
    rename_room(*server, "Film night 2");
    wait_until_backed_up();
    const Ran listed = run({"backup", "list"});
    EXPECT_EQ(document({"backup", "list"}).at("windows").as_array().size(), 1u) << listed.out;
}

TEST_F(EmbeddedBackupTest, ADamagedDatabaseIsReplacedToo) {
    auto server = serve();
    make_room(*server, "Film night");
    wait_until_backed_up();
    EXPECT_EQ(server->stop(), 0);
    std::string name;
    for (const auto& each : fs::directory_iterator(data_)) {
        if (each.path().filename().string().ends_with("-wal")) name = each.path().string();
    }
    ASSERT_FALSE(name.empty());
    std::fstream(name, std::ios::binary | std::ios::in | std::ios::out).seekp(8) << "xxxx";
    const json::value shown = document({"restore", "database", "--dry-run"});
    EXPECT_TRUE(shown.at("expected_seconds").is_null()) << "nobody ever tried";
    const std::string token(shown.at("intent").at("token").as_string());
    const json::value restored = document({"restore", "database", "--confirm", token});
    ASSERT_EQ(restored.at("exit"), 0) << json::serialize(restored);
    EXPECT_EQ(restored.at("restored").at("log_apart"), true);
    EXPECT_EQ(count(data_, ".before-"), 2u) << "it, and its log";
    server = serve();
    EXPECT_EQ(name_of_room(*server), "Film night");
}

TEST_F(EmbeddedBackupTest, ATestOfItSaysWhatItBroughtBackAndFailsOnDamage) {
    auto server = serve();
    make_room(*server, "Film night");
    wait_until_backed_up();
    const json::value sound = document({"backup", "restore-test"});
    EXPECT_EQ(sound.at("exit"), 0);
    EXPECT_EQ(sound.at("counts").at("users"), 1);
    EXPECT_EQ(sound.at("counts").at("rooms"), 1);
    EXPECT_EQ(server->stop(), 0);
    // Whoever is about to bring it back hears of that test.
    const json::value shown = document({"restore", "database", "--dry-run"});
    EXPECT_GT(shown.at("expected_seconds").to_number<double>(), 0.0);
    EXPECT_LE(shown.at("expected_seconds").to_number<double>(), 60.0);
    EXPECT_GE(shown.at("lost_seconds").to_number<double>(), 0.0);
    EXPECT_LE(shown.at("lost_seconds").to_number<double>(), 60.0);

    for (const auto& each : fs::recursive_directory_iterator(backups_)) {
        if (each.path().filename().string().find("part-") != 0) continue;
        std::fstream file(each.path(), std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(100);
        file.put('x');
    }
    const Ran damaged = run({"backup", "restore-test"});
    EXPECT_EQ(damaged.exit, 5) << damaged.out << damaged.err;
    EXPECT_NE(damaged.err.find("part-000001"), std::string::npos) << damaged.err;
    EXPECT_EQ(run({"restore", "database", "--into", (folder_.path() / "x.db").string()}).exit, 5);
    EXPECT_FALSE(fs::exists(folder_.path() / "x.db"));
}

TEST_F(EmbeddedBackupTest, WhatCannotBeReachedIsRefusedAndSaid) {
    auto server = serve();
    make_room(*server, "Film night");
    wait_until_backed_up();
    EXPECT_EQ(server->stop(), 0);
    const auto restore = [this](const std::string& moment) {
        return run(
            {"restore", "database", "--to", moment, "--into", (folder_.path() / "x.db").string()});
    };
    const Ran early = restore("2001-01-01T00:00:00Z");
    EXPECT_EQ(early.exit, 3);
    EXPECT_NE(early.err.find("can be"), std::string::npos) << early.err;
    EXPECT_EQ(restore("2101-01-01T00:00:00Z").exit, 3);
    const Ran no_zone = restore("2026-11-29T12:00:00");
    EXPECT_EQ(no_zone.exit, 2);
    EXPECT_NE(no_zone.err.find("zone"), std::string::npos);
    EXPECT_FALSE(fs::exists(folder_.path() / "x.db"));
    EXPECT_EQ(restore("latest").exit, 0);
    EXPECT_EQ(restore("latest").exit, 3) << "nothing is written over";
}

TEST_F(EmbeddedBackupTest, WithoutAPlaceNothingIsBackedUpAndThatIsSaid) {
    const Ran listed = run_syncwatch({"backup", "list"});
    EXPECT_EQ(listed.exit, 3);
    EXPECT_NE(listed.err.find("names no place for backups"), std::string::npos) << listed.err;
    fs::create_directory(backups_);
    EXPECT_EQ(run({"backup", "list"}).exit, 3) << "nothing is there yet";
}

TEST_F(EmbeddedBackupTest, AServerWhosePlaceIsAwayServesAndSaysSo) {
    write_plan({{"near", place("not mounted/backups")}});
    auto server = serve();
    HttpClient client(server->port());
    const bool said = harness::eventually([&] {
        const auto components = client.get("/health").json().at("components");
        return components.at("backup").at("status") == "down";
    });
    EXPECT_TRUE(said) << client.get("/health").body;
    make_room(*server, "Film night");
    fs::create_directory(folder_.path() / "not mounted");
    EXPECT_TRUE(harness::eventually([&] {
        const auto components = client.get("/health").json().at("components");
        return components.at("backup").at("status") == "ok" &&
               components.at("backup").at("detail").as_string().starts_with("whole until");
    })) << client.get("/health").body;
}

}  // namespace
}  // namespace syncwatch
