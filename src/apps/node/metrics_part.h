#pragma once
#include "apps/config/settings.h"
#include "apps/node/health_part.h"
#include "apps/node/powers.h"
#include "gateway/http/server.h"
#include "gateway/metrics/http_metrics.h"
#include "gateway/metrics/metrics_api.h"

namespace syncwatch::apps {

/// What the node counts, for Prometheus. A part with values of its own adds a source.
class MetricsPart {
public:
    MetricsPart(Powers& powers, HealthPart& health, const config::Settings& settings);

    void add(metrics::MetricsApi::Source source) { api_.add(std::move(source)); }
    void add_routes(http::Router& router) { api_.add_routes(router); }
    /// When the router has every route and before the server starts.
    void watch(const http::Router& router, const http::Server& server);
    void observe(const http::RequestRecord& record) { http_->observe(record); }
    std::string text() const { return api_.text(); }

private:
    void write_database(metrics::Text& text) const;

    Powers& powers_;
    metrics::MetricsApi api_;
    std::unique_ptr<metrics::HttpMetrics> http_;
};

}  // namespace syncwatch::apps
