// Who is told what happens to backups: by the server, and by command.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/http_client.h"
#include "harness/planned_installation.h"
#include "harness/scripted_server.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using harness::Ran;

class NotifyTest : public harness::PlannedInstallation {
protected:
    void SetUp() override {
        fs::create_directory(folder_.path() / "near");
        for (ScriptedServer* each : {&hook_, &heart_}) each->says(ScriptedServer::answer(200, ""));
        plan_and(notify("webhook", "url", url(hook_)) + "[heartbeat]\nurl = \"" + url(heart_) +
                 "\"\n");
    }
    static std::string url(const ScriptedServer& server) {
        return "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    }
    static std::string notify(const std::string& kind, const std::string& key,
                              const std::string& value) {
        return "[[notify]]\nkind = \"" + kind + "\"\n" + key + " = \"" + value + "\"\n";
    }
    std::string file(const std::string& name, const std::string& text) const {
        const auto path = folder_.path() / name;
        std::ofstream(path) << text << '\n';
        return path.string();
    }
    void plan_and(const std::string& more) const { write_plan({{"near", place("near")}}, more); }
    /// What the webhook was told, as "begins KEY".
    std::vector<std::string> told() const {
        std::vector<std::string> all;
        for (const std::string& each : hook_.requests()) {
            const json::value body = json::parse(each.substr(each.find("\r\n\r\n") + 4));
            all.push_back(std::string(body.at("turn").as_string()) + " " +
                          std::string(body.at("key").as_string()));
        }
        return all;
    }
    void damage() const {
        for (const auto& each : fs::recursive_directory_iterator(folder_.path() / "near")) {
            const std::string path = each.path().string();
            const bool is_data = path.find("/data/config/") != std::string::npos;
            if (!is_data || !each.is_regular_file()) continue;
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.put('#');
        }
    }

    ScriptedServer hook_;
    ScriptedServer heart_;
};

TEST_F(NotifyTest, AServerSaysOnceThatABackupIsDamagedAndOnceThatItIsWellAgain) {
    {
        const auto server = serve();
        ASSERT_TRUE(harness::eventually([&] { return !heart_.requests().empty(); }));
        EXPECT_TRUE(heart_.requests().front().starts_with("GET / HTTP/1.1\r\n"));
        const auto health = harness::HttpClient(server->port()).get("/health").json();
        EXPECT_EQ(health.at("components").at("notifications").at("status"), "ok");
        EXPECT_TRUE(told().empty());
        // One that is killed leads for minutes still.
        EXPECT_EQ(server->stop(), 0);
    }
    damage();
    ASSERT_EQ(run({"backup", "verify", "--all"}).exit, 5);
    const std::size_t beats = heart_.requests().size();
    const std::vector<std::string> once{"begins backup.config.damaged"};
    {
        const auto server = serve();
        ASSERT_TRUE(harness::eventually([&] { return !told().empty(); }));
        const std::string metrics = harness::HttpClient(server->port()).get("/metrics").body;
        EXPECT_NE(metrics.find("syncwatch_notifications_sent_total{kind=\"webhook\"} 1"),
                  std::string::npos);
        EXPECT_EQ(server->stop(), 0);
    }
    EXPECT_EQ(told(), once);
    EXPECT_EQ(heart_.requests().size(), beats) << "silence says it";
    // Another process knows what was said, and says when it is over.
    fs::remove_all(folder_.path() / "near");
    fs::create_directory(folder_.path() / "near");
    const auto server = serve();
    ASSERT_TRUE(harness::eventually([&] { return told().size() > 1; }));
    EXPECT_EQ(told(), (std::vector<std::string>{once.front(), "ends backup.config.damaged"}));
}

TEST_F(NotifyTest, ACommandTriesEachAndSaysWhatCameOfIt) {
    EXPECT_EQ(run({"plan", "notify", "--test"}).exit, 0);
    EXPECT_EQ(told(), std::vector<std::string>{"once test"});
    EXPECT_EQ(heart_.requests().size(), 1U);

    const std::string secret = file("slack", "http://127.0.0.1:1/services/T/B/secret");
    plan_and(notify("webhook", "url", url(hook_)) + notify("slack", "credentials_file", secret));
    const Ran partly = run({"plan", "notify", "--test", "--json"});
    EXPECT_EQ(partly.exit, 7) << partly.err;
    const json::value said = json::parse(partly.out);
    EXPECT_TRUE(said.at("channels").at(0).at("heard").as_bool());
    EXPECT_FALSE(said.at("channels").at(1).at("heard").as_bool());
    EXPECT_FALSE(said.at("channels").at(1).at("trouble").as_string().empty());
    EXPECT_EQ((partly.out + partly.err).find("services"), std::string::npos) << "a secret";
    EXPECT_EQ(run({"plan", "notify", "--test", "--only", "slack"}).exit, 4);
    EXPECT_EQ(run({"plan", "notify", "--test", "--only", "nobody"}).exit, 3);

    const Ran shown = run({"plan", "notify"});
    EXPECT_EQ(shown.exit, 0);
    EXPECT_NE(shown.out.find("as " + secret + " says"), std::string::npos) << shown.out;
    EXPECT_EQ(told().size(), 2U);
}

}  // namespace
}  // namespace syncwatch
