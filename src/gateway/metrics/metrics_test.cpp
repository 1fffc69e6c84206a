#include <gtest/gtest.h>

#include "gateway/metrics/http_metrics.h"
#include "gateway/metrics/metrics_api.h"
#include "harness/router_client.h"

namespace syncwatch::metrics {
namespace {

using namespace std::chrono_literals;

TEST(MetricsTextTest, SamplesOfOneNameShareOneHead) {
    Text text;
    text.counter("syncwatch_a_total", "What a is.", 3, {{"kind", "x\"\\\n"}});
    text.counter("syncwatch_a_total", "What a is.", 4, {{"kind", "y"}});
    text.gauge("syncwatch_b", "What b is.", 0.25);
    EXPECT_EQ(text.text(),
              "# HELP syncwatch_a_total What a is.\n"
              "# TYPE syncwatch_a_total counter\n"
              "syncwatch_a_total{kind=\"x\\\"\\\\\\n\"} 3\n"
              "syncwatch_a_total{kind=\"y\"} 4\n"
              "# HELP syncwatch_b What b is.\n"
              "# TYPE syncwatch_b gauge\n"
              "syncwatch_b 0.25\n");
}

TEST(MetricsTextTest, BucketsAddUp) {
    Histogram<2> histogram({0.1, 1});
    for (const double value : {0.05, 0.1, 0.5, 7.0}) histogram.observe(value);
    Text text;
    text.histogram("syncwatch_c_seconds", "C.", histogram.bounds(), histogram.counts(),
                   histogram.sum(), {{"k", "v"}});
    EXPECT_EQ(text.text(),
              "# HELP syncwatch_c_seconds C.\n"
              "# TYPE syncwatch_c_seconds histogram\n"
              "syncwatch_c_seconds_bucket{k=\"v\",le=\"0.1\"} 2\n"
              "syncwatch_c_seconds_bucket{k=\"v\",le=\"1\"} 3\n"
              "syncwatch_c_seconds_bucket{k=\"v\",le=\"+Inf\"} 4\n"
              "syncwatch_c_seconds_sum{k=\"v\"} 7.65\n"
              "syncwatch_c_seconds_count{k=\"v\"} 4\n");
}

TEST(HttpMetricsTest, RequestsAreCountedByPatternNeverByPath) {
    http::Router router;
    router.add(http::Method::Get, "/api/v1/rooms/{code}", {});
    router.set_fallback({});
    HttpMetrics metrics(router);
    http::RequestRecord record;
    record.route = &router.routes()[0];
    record.status = 200;
    record.took = 3ms;
    metrics.observe(record);
    metrics.observe(record);
    record.status = 418;
    metrics.observe(record);
    record.route = router.fallback();
    record.status = 304;
    metrics.observe(record);
    record.route = nullptr;
    record.status = 405;
    metrics.observe(record);
    Text text;
    metrics.write(text);
    for (const char* line :
         {"syncwatch_http_requests_total{route=\"/api/v1/rooms/{code}\",method=\"GET\","
          "status=\"200\"} 2\n",
          "syncwatch_http_requests_total{route=\"/api/v1/rooms/{code}\",method=\"GET\","
          "status=\"0\"} 1\n",
          "syncwatch_http_requests_total{route=\"web_app\",method=\"GET\",status=\"304\"} 1\n",
          "syncwatch_http_requests_total{route=\"none\",method=\"OTHER\",status=\"405\"} 1\n",
          "syncwatch_http_request_seconds_bucket{route=\"/api/v1/rooms/{code}\",method=\"GET\","
          "le=\"0.0025\"} 0\n",
          "syncwatch_http_request_seconds_bucket{route=\"/api/v1/rooms/{code}\",method=\"GET\","
          "le=\"0.005\"} 3\n"}) {
        EXPECT_NE(text.text().find(line), std::string::npos) << line << text.text();
    }
}

struct ReaderCase {
    const char* name;
    const char* address;
    const char* forwarded;
    const char* token;
    bool allowed;
};

class MetricsReaderTest : public testing::TestWithParam<ReaderCase> {};

TEST_P(MetricsReaderTest, OnlyThoseWhoMayRead) {
    MetricsApi::Options options;
    options.allow = {"10.0.0.7"};
    options.token = "a-long-enough-token";
    MetricsApi api(options);
    api.add([](Text& text) { text.gauge("syncwatch_up", "Up.", 1); });
    http::Router router;
    api.add_routes(router);
    RouterClient client(router);
    client.from(GetParam().address);
    if (*GetParam().forwarded != 0) client.with("X-Forwarded-For", GetParam().forwarded);
    if (*GetParam().token != 0) client.as(GetParam().token);
    const auto answer = client.get("/metrics");
    EXPECT_EQ(answer.status, GetParam().allowed ? 200 : 403);
    EXPECT_EQ(answer.text.find("syncwatch_up 1") != std::string::npos, GetParam().allowed);
}

INSTANTIATE_TEST_SUITE_P(
    Readers, MetricsReaderTest,
    testing::Values(ReaderCase{"Loopback", "127.0.0.1", "", "", true},
                    ReaderCase{"Loopback6", "::1", "", "", true},
                    ReaderCase{"BehindAProxyNobodyTrusts", "127.0.0.1", "203.0.113.9", "", false},
                    ReaderCase{"Named", "10.0.0.7", "", "", true},
                    ReaderCase{"Stranger", "203.0.113.9", "", "", false},
                    ReaderCase{"Token", "203.0.113.9", "", "a-long-enough-token", true},
                    ReaderCase{"WrongToken", "203.0.113.9", "", "another-token-here", false}),
    [](const auto& row) { return row.param.name; });

TEST(MetricsTokenTest, NoneThatIsConfiguredLetsNobodyIn) {
    MetricsApi api({});
    http::Router router;
    api.add_routes(router);
    RouterClient client(router);
    EXPECT_EQ(client.from("203.0.113.9").with("Authorization", "Bearer ").get("/metrics").status,
              403);
}

}  // namespace
}  // namespace syncwatch::metrics
