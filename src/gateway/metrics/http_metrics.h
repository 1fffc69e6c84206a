#pragma once
#include <array>
#include <atomic>
#include <deque>

#include "base/histogram.h"
#include "gateway/http/connection.h"
#include "gateway/http/router.h"
#include "gateway/metrics/text.h"

namespace syncwatch::metrics {

/// Counts requests by the pattern of their route and the status of their answer, and how long they
/// took. Made when the router has all its routes. Lock-free; safe from any thread.
class HttpMetrics {
public:
    explicit HttpMetrics(const http::Router& router);

    void observe(const http::RequestRecord& record);
    void write(Text& text) const;

private:
    /// Statuses that the server gives; anything else is counted with the last.
    static constexpr std::array<int, 31> kStatuses{
        101, 200, 201, 204, 206, 304, 400, 401, 403, 404, 405, 409, 410, 412, 413, 415,
        416, 422, 423, 426, 429, 431, 460, 500, 501, 503, 507, 301, 302, 308, 0};

    struct Row {
        const http::Route* route = nullptr;
        std::array<std::atomic<std::uint64_t>, kStatuses.size()> answers{};
        LatencyHistogram took{kLatencyBounds};
    };

    Row& row_of(const http::Route* route);

    const http::Router& router_;
    std::deque<Row> rows_;  ///< As the router's routes; then the fallback; then what fitted none.
};

}  // namespace syncwatch::metrics
