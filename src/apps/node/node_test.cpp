#include "apps/node/node.h"

#include <map>
#include <regex>

#include <gtest/gtest.h>

#include "apps/config/load.h"
#include "harness/contents_of.h"
#include "harness/http_client.h"
#include "harness/postgres_database.h"
#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;

std::string document(const std::string& name) {
    return contents_of(std::string(SW_FIXTURES) + "/../../docs/" + name);
}

/// A node as `serve` runs it, on a free port.
class NodeTest : public testing::Test {
protected:
    NodeTest() {
        config::Sources sources;
        sources.flags = {{"server.listen", "127.0.0.1:0"},
                         {"data.dir", (folder_.path() / "data").string()},
                         {"node.name", "node-a"}};
        settings_ = config::load(sources).settings;
    }
    void start() { node_ = std::move(Node::start(settings_)).value(); }
    HttpClient client() { return HttpClient(node_->port()); }

    TempFolder folder_;
    config::Settings settings_;
    std::unique_ptr<Node> node_;
};

TEST_F(NodeTest, HealthSaysHowEveryComponentDoes) {
    start();
    const auto answer = client().get("/health");
    EXPECT_EQ(answer.status, 200);
    const auto body = answer.json();
    EXPECT_EQ(body.at("node"), "node-a");
    EXPECT_FALSE(answer.text_at("version").empty());
    const auto& components = body.at("components").as_object();
    for (const char* name :
         {"database", "bus", "objects", "turn", "transcoder", "backup", "notifications"}) {
        ASSERT_TRUE(components.contains(name)) << name;
        EXPECT_FALSE(components.at(name).at("detail").as_string().empty()) << name;
    }
    EXPECT_EQ(components.at("database").at("status"), "ok");
    EXPECT_GE(components.at("database").at("latency_ms").to_number<double>(), 0);
    EXPECT_EQ(components.at("objects").at("status"), "ok");
    EXPECT_EQ(components.at("turn").at("status"), "off");
    EXPECT_EQ(components.at("backup").at("status"), "off");
    EXPECT_EQ(components.at("notifications").at("status"), "off");
}

TEST_F(NodeTest, WhatIsMissingIsSaidAndTheRestGoesOn) {
    settings_.media.ffmpeg = "/no/such/ffmpeg";
    settings_.uploads.keep_free = std::uint64_t{1} << 60;
    start();
    const auto body = client().get("/health").json();
    EXPECT_EQ(body.at("status"), "degraded");
    EXPECT_EQ(body.at("components").at("transcoder").at("status"), "down");
    EXPECT_EQ(body.at("components").at("objects").at("status"), "degraded");
    EXPECT_EQ(client().get("/health/ready").status, 200);
}

TEST_F(NodeTest, ReadinessIsWithdrawnWhileItDrains) {
    start();
    HttpClient kept = client();
    EXPECT_EQ(kept.get("/health/ready").status, 200);
    std::thread drain([this] { node_->drain(5s); });
    int status = 200;
    for (int i = 0; i < 100 && status == 200; ++i) status = kept.get("/health/ready").status;
    EXPECT_EQ(status, 503);
    drain.join();
}

TEST_F(NodeTest, ASecondNodeOnTheSameFolderIsRefused) {
    start();
    const auto second = Node::start(settings_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().reason, "data_folder_in_use");
}

/// Name → type, of every metric that a text names.
std::map<std::string, std::string> metrics_in(const std::string& text, const std::regex& pattern) {
    std::map<std::string, std::string> found;
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
        found[(*it)[1]] = (*it)[2];
    }
    return found;
}

TEST_F(NodeTest, TheDocumentDescribesEveryMetricAndNoOther) {
    // A node of the production shape counts all that an embedded one does, and more.
    settings_.postgres.url = empty_postgres_database();
    settings_.bus.url = "postgres:";
    start();
    EXPECT_EQ(client().get("/api/v1/setup").status, 200);
    const auto answer = client().get("/metrics");
    EXPECT_EQ(answer.status, 200);
    const auto written =
        metrics_in(node_->metrics(), std::regex(R"(# TYPE (syncwatch_\w+) (\w+)\n)"));
    const auto described =
        metrics_in(document("metrics.md"), std::regex(R"(\| `(syncwatch_\w+)` \| (\w+) \|)"));
    EXPECT_GT(written.size(), 10u);
    EXPECT_EQ(written, described);
}

TEST_F(NodeTest, MetricsCountWhatWasAsked) {
    start();
    EXPECT_EQ(client().get("/api/v1/setup").status, 200);
    EXPECT_EQ(client().get("/api/v1/me").status, 401);
    EXPECT_EQ(client().get("/api/v1/nothing").status, 404);
    const std::string text = client().get("/metrics").body;
    for (const char* line :
         {"syncwatch_http_requests_total{route=\"/api/v1/setup\",method=\"GET\",status=\"200\"} "
          "1\n",
          "syncwatch_http_requests_total{route=\"/api/v1/me\",method=\"GET\",status=\"401\"} 1\n",
          "syncwatch_http_requests_total{route=\"web_app\",method=\"GET\",status=\"404\"} 1\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line;
    }
}

}  // namespace
}  // namespace syncwatch::apps
