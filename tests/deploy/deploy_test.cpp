// What operators load into their own programs names only what this one has.

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace syncwatch {
namespace {

std::string read(const std::string& path) {
    std::ifstream in(std::string(SW_SOURCE_ROOT "/") + path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::set<std::string> metrics_in(const std::string& text) {
    const std::regex name(R"(\bsyncwatch_[a-z_]+[a-z])");
    std::set<std::string> found;
    for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it) {
        found.insert(std::regex_replace(it->str(), std::regex("_(bucket|sum|count)$"), ""));
    }
    return found;
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
    const auto dashboard = boost::json::parse(read("deploy/observability/grafana-dashboard.json"));
    EXPECT_GE(dashboard.at("panels").as_array().size(), 15u);
    expect_documented("deploy/observability/grafana-dashboard.json");
}

TEST(DeployTest, TheAlertsAskForMetricsThatExistAndSayWhatToDo) {
    expect_documented("deploy/observability/alerts.yml");
    const std::string rules = read("deploy/observability/alerts.yml");
    const auto count = [&rules](const std::string& what) {
        std::size_t n = 0;
        for (std::size_t at = 0; (at = rules.find(what, at)) != std::string::npos; ++at) ++n;
        return n;
    };
    EXPECT_EQ(count("- alert: "), count("action: "));
    EXPECT_EQ(count("- alert: "), count("summary: "));
}

}  // namespace
}  // namespace syncwatch
