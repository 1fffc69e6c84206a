#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::run_syncwatch;

TEST(ConfigurationTest, EveryProblemIsSaidAtOnceWithAHint) {
    TempFolder folder;
    const auto file = folder.path() / "syncwatch.toml";
    std::ofstream(file) << "[server]\nlistn = \"127.0.0.1:80\"\n[accounts]\nsign_up = \"maybe\"\n";
    const auto ran = run_syncwatch({"serve", "--config", file.string(), "--server-threads", "many"},
                                   {}, {{"SYNCWATCH_LOG_LEVEL", "loud"}});
    EXPECT_EQ(ran.exit, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(
        ran.err,
        "syncwatch: configuration: 4 problems\n"
        "  accounts.sign_up (" +
            file.string() +
            ", line 4) is \"maybe\": must be open, invitation or closed\n"
            "  server.listn (" +
            file.string() +
            ", line 2) is not a setting: did you mean server.listen?\n"
            "  log.level (SYNCWATCH_LOG_LEVEL) is \"loud\": must be debug, info, warning or "
            "error\n"
            "  server.threads (--server-threads) is \"many\": must be a number from 0 to 256\n"
            "HINT: docs/configuration.md describes every setting.\n");
}

TEST(ConfigurationTest, AWrongFlagIsSaidWithTheRightOne) {
    const auto ran = run_syncwatch({"serve", "--server-lisetn", "127.0.0.1:0"});
    EXPECT_EQ(ran.exit, 2);
    EXPECT_EQ(ran.err,
              "syncwatch: there is no flag --server-lisetn\n"
              "HINT: Did you mean --server-listen? syncwatch serve --help says what it takes.\n");
}

TEST(ConfigurationTest, ErrorsAreOneDocumentWhereJsonIsWanted) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"migrate", "--json", "--config", "/no/such"},
          std::vector<std::string>{"migrate", "--json", "--no-such-flag"}}) {
        const auto ran = run_syncwatch(arguments);
        EXPECT_EQ(ran.exit, 2);
        EXPECT_NE(ran.err.find("\nHINT: "), std::string::npos) << "people read it here";
        harness::HttpAnswer document;
        document.body = ran.out;
        EXPECT_EQ(document.json().at("ok"), false);
        EXPECT_EQ(document.json().at("exit").to_number<int>(), 2);
        EXPECT_FALSE(document.text_at("hint").empty());
    }
}

TEST(ConfigurationTest, TheEnvironmentConfiguresAServer) {
    TempFolder folder;
    harness::Server::Options options;
    options.environment = {{"SYNCWATCH_ACCOUNTS_SIGN_UP", "closed"}};
    harness::Server server(folder.path() / "data", options);
    harness::HttpClient client(server.port());
    EXPECT_EQ(client.get("/api/v1/setup").text_at("sign_up"), "closed");
    (void)client.account("alice");
    const auto second =
        client.post("/api/v1/auth/register", {{"username", "bob"}, {"password", "correct horse"}});
    EXPECT_EQ(second.status, 403);
    EXPECT_EQ(second.text_at("code"), "signup_closed");
}

TEST(ConfigurationTest, OffLoopbackTheFirstAccountNeedsThePrintedToken) {
    TempFolder folder;
    harness::Server::Options options;
    options.arguments = {"--server-listen", "0.0.0.0:0"};
    options.announced = "0.0.0.0";
    harness::Server server(folder.path() / "data", options);
    harness::HttpClient client(server.port());
    EXPECT_EQ(client.get("/api/v1/setup").json().at("needs_setup_token"), true);
    boost::json::object body{{"username", "alice"}, {"password", "correct horse"}};
    EXPECT_EQ(client.post("/api/v1/auth/register", body).text_at("code"), "setup_token_required");
    const std::string mark = "The first account needs this setup token: ";
    const std::string said = server.process().out();
    const std::size_t at = said.find(mark);
    ASSERT_NE(at, std::string::npos) << said;
    body["setup_token"] = said.substr(at + mark.size(), 43);
    EXPECT_EQ(client.post("/api/v1/auth/register", body).status, 201);
    EXPECT_EQ(client.get("/api/v1/setup").json().at("needs_setup_token"), false);
}

TEST(ConfigurationTest, WhatIsKeptIsForTheServersUserAlone) {
    namespace fs = std::filesystem;
    TempFolder folder;
    const fs::path data = folder.path() / "data";
    fs::create_directory(data);
    fs::permissions(data, fs::perms(0755));
    harness::Server server(data);
    (void)harness::HttpClient(server.port()).account("alice");
    int seen = 0;
    for (const auto& each : fs::recursive_directory_iterator(data)) {
        const auto others =
            each.status().permissions() & (fs::perms::group_all | fs::perms::others_all);
        EXPECT_EQ(others, fs::perms::none) << each.path();
        ++seen;
    }
    EXPECT_GE(seen, 3);
}

TEST(ConfigurationTest, TheServiceUnitStartsIt) {
    TempFolder folder;
    const std::string file = (folder.path() / "syncwatch.toml").string();
    const std::string data = (folder.path() / "data").string();
    std::ofstream(file) << "[server]\nlisten = \"127.0.0.1:0\"\n[data]\ndir = \"" << data << "\"\n";
    std::ifstream unit(SW_FIXTURES "/../../deploy/systemd/syncwatch.service");
    harness::Process::Options run;
    for (std::string line; std::getline(unit, line);) {
        if (!line.starts_with("ExecStart=")) continue;
        std::istringstream words(line.substr(line.find('=') + 1));
        for (std::string word; words >> word;) run.command.push_back(word);
    }
    ASSERT_FALSE(run.command.empty());
    EXPECT_EQ(run.command.front(), "/usr/bin/syncwatch");
    run.command.front() = harness::program();
    std::ranges::replace(run.command, std::string("/etc/syncwatch/syncwatch.toml"), file);
    harness::Process process(run);
    ASSERT_TRUE(process.wait_for_out("SyncWatch is at ", 30s)) << process.err();
    EXPECT_TRUE(std::filesystem::exists(data));
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(20s), 0);
}

}  // namespace
}  // namespace syncwatch
