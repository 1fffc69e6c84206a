#include "gateway/metrics/http_metrics.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace syncwatch::metrics {
namespace {

struct Named {
    std::string_view route;
    std::string_view method;
};

Named named(const http::Route* route, bool fallback) {
    if (fallback) return {"web_app", "GET"};
    if (route == nullptr) return {"none", "OTHER"};
    return {route->pattern, http::name(route->method)};
}

}  // namespace

HttpMetrics::HttpMetrics(const http::Router& router) : router_(router) {
    for (const http::Route& each : router.routes()) rows_.emplace_back().route = &each;
    rows_.emplace_back().route = router.fallback();
    rows_.emplace_back();
}

HttpMetrics::Row& HttpMetrics::row_of(const http::Route* route) {
    if (route == nullptr) return rows_.back();
    if (route == router_.fallback()) return rows_[rows_.size() - 2];
    return rows_[static_cast<std::size_t>(route - router_.routes().data())];
}

void HttpMetrics::observe(const http::RequestRecord& record) {
    Row& row = row_of(record.route);
    const auto* status = std::ranges::find(kStatuses, record.status);
    if (status == kStatuses.end()) --status;
    row.answers[static_cast<std::size_t>(status - kStatuses.begin())].fetch_add(
        1, std::memory_order_relaxed);
    row.took.observe(std::chrono::duration<double>(record.took).count());
}

void HttpMetrics::write(Text& text) const {
    const http::Route* fallback = router_.fallback();
    for (const Row& row : rows_) {
        const auto [route, method] =
            named(row.route, row.route != nullptr && row.route == fallback);
        for (std::size_t i = 0; i < kStatuses.size(); ++i) {
            const auto count = row.answers[i].load(std::memory_order_relaxed);
            if (count == 0) continue;
            text.counter(
                "syncwatch_http_requests_total", "Requests that were answered.",
                static_cast<double>(count),
                {{"route", route}, {"method", method}, {"status", std::to_string(kStatuses[i])}});
        }
    }
    for (const Row& row : rows_) {
        const auto counts = row.took.counts();
        if (std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == 0) continue;
        const auto [route, method] =
            named(row.route, row.route != nullptr && row.route == fallback);
        text.histogram("syncwatch_http_request_seconds",
                       "From the end of a request's head to the start of its answer.",
                       row.took.bounds(), counts, row.took.sum(),
                       {{"route", route}, {"method", method}});
    }
}

}  // namespace syncwatch::metrics
