// What operators load into their own programs names only what this one has.

#include <cstdio>
#include <fstream>
#include <regex>
#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "deploy/project.h"

namespace syncwatch::deploy {
namespace {

constexpr const char* kAlerts = "deploy/observability/alerts.yml";
constexpr const char* kDashboard = "deploy/observability/grafana-dashboard.json";
constexpr const char* kAlertsTest = "deploy/observability/alerts_test.yml";

std::set<std::string> metrics_in(const std::string& text) {
    std::set<std::string> found;
    for (const std::string& name : all(text, R"(\b(syncwatch_[a-z_]+[a-z]))")) {
        found.insert(std::regex_replace(name, std::regex("_(bucket|sum|count)$"), ""));
    }
    return found;
}

std::set<std::string> alerts() {
    return all(read(kAlerts), R"(- alert: (\w+))");
}

void expect_documented(const std::string& path) {
    const std::set<std::string> known = metrics_in(read("docs/metrics.md"));
    const std::set<std::string> used = metrics_in(read(path));
    EXPECT_GE(used.size(), 8u) << path;
    for (const std::string& name : used) {
        EXPECT_TRUE(known.contains(name)) << path << " asks for " << name;
    }
}

TEST(DeployTest, TheDashboardIsJsonAndAsksForMetricsThatExist) {
    const auto dashboard = boost::json::parse(read(kDashboard));
    EXPECT_GE(dashboard.at("panels").as_array().size(), 40u);
    expect_documented(kDashboard);
}

TEST(DeployTest, TheAlertsAskForMetricsThatExistAndSayWhatToDo) {
    expect_documented(kAlerts);
    const std::string rules = read(kAlerts);
    const auto count = [&rules](const std::string& what) {
        std::size_t n = 0;
        for (std::size_t at = 0; (at = rules.find(what, at)) != std::string::npos; ++at) ++n;
        return n;
    };
    EXPECT_EQ(count("- alert: "), count("action: "));
    EXPECT_EQ(count("- alert: "), count("summary: "));
}

TEST(DeployTest, EveryAlertIsTestedAndStandsInTheRunbook) {
    EXPECT_GE(alerts().size(), 30u);
    expect_documented(kAlertsTest);
    EXPECT_EQ(all(read(kAlertsTest), R"re(alertname="(\w+)")re"), alerts());
    EXPECT_EQ(all(read("docs/alerts.md"), R"(\| `(SyncWatch\w+)` \|)"), alerts());
}

class PromtoolTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (run("promtool --version").status == 0) return;
        GTEST_SKIP() << "promtool is not here (Debian's package prometheus has it): neither alert "
                        "rules nor the dashboard's questions are run";
    }
    static void expect_content(const std::string& arguments) {
        const Ended ended = run("cd '" SW_SOURCE_ROOT "' && promtool " + arguments);
        EXPECT_EQ(ended.status, 0) << ended.said;
    }
};

TEST_F(PromtoolTest, TheAlertsFireWhenTheyShouldAndOnlyThen) {
    expect_content(std::string("check rules ") + kAlerts);
    expect_content(std::string("test rules ") + kAlertsTest);
}

TEST_F(PromtoolTest, TheDashboardsQuestionsAreUnderstood) {
    // As rules, since those are what promtool reads. JSON is YAML.
    boost::json::array rules;
    const auto dashboard = boost::json::parse(read(kDashboard));
    for (const auto& panel : dashboard.at("panels").as_array()) {
        const auto* targets = panel.as_object().if_contains("targets");
        if (targets == nullptr) continue;
        for (const auto& target : targets->as_array()) {
            const std::string name = "question:" + std::to_string(rules.size());
            rules.push_back({{"record", name}, {"expr", target.at("expr")}});
        }
    }
    EXPECT_GE(rules.size(), 40u);
    const boost::json::object group = {{"name", "dashboard"}, {"rules", rules}};
    const boost::json::object file = {{"groups", boost::json::array{group}}};
    const std::string path =
        ::testing::TempDir() + "syncwatch-dashboard-" + std::to_string(::getpid()) + ".yml";
    std::ofstream(path) << boost::json::serialize(file);
    expect_content("check rules '" + path + "'");
    std::remove(path.c_str());
}

}  // namespace
}  // namespace syncwatch::deploy
