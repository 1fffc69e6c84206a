#pragma once
#include <functional>
#include <string>
#include <vector>

#include "gateway/http/router.h"
#include "gateway/metrics/text.h"

namespace syncwatch::metrics {

/// GET /metrics, for those who may: loopback (unless a proxy speaks for somebody else), addresses
/// that were named, and whoever brings the token.
class MetricsApi {
public:
    struct Options {
        std::vector<std::string> allow;
        std::string token;  ///< Empty: nobody gets in by token.
        std::vector<std::string> trusted_proxies;
    };
    /// Writes the values of one part. Called from any thread; never waits.
    using Source = std::function<void(Text& text)>;

    /// Waited for before every answer: brings values up to date that need a question. Bounded.
    using Refresh = std::function<net::awaitable<void>()>;

    explicit MetricsApi(Options options, Refresh refresh = {})
        : options_(std::move(options)), refresh_(std::move(refresh)) {}

    void add(Source source) { sources_.push_back(std::move(source)); }
    void add_routes(http::Router& router);
    /// Every value as it is now.
    std::string text() const;

private:
    net::awaitable<http::Response> answer(http::Request& request);
    bool may_read(const http::Request& request) const;

    const Options options_;
    const Refresh refresh_;
    std::vector<Source> sources_;
};

}  // namespace syncwatch::metrics
