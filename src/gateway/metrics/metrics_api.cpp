#include "gateway/metrics/metrics_api.h"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include "base/digest.h"
#include "gateway/api/answers.h"
#include "gateway/api/authenticator.h"

namespace syncwatch::metrics {
namespace {

bool is_loopback(const std::string& address) {
    boost::system::error_code bad;
    const auto parsed = net::ip::make_address(address, bad);
    return !bad && parsed.is_loopback();
}

/// True if some proxy on this machine passed on what another machine asked.
bool is_forwarded(const http::Request& request) {
    return request.fields.find("X-Forwarded-For") || request.fields.find("Forwarded");
}

}  // namespace

void MetricsApi::add_routes(http::Router& router) {
    router.add(http::Method::Get, "/metrics",
               [this](http::Request& request) { return answer(request); });
}

std::string MetricsApi::text() const {
    Text text;
    for (const Source& source : sources_) source(text);
    return text.text();
}

bool MetricsApi::may_read(const http::Request& request) const {
    if (!options_.token.empty()) {
        const auto token = http::Authenticator::token(request);
        if (token && equal_in_constant_time(as_bytes(*token), as_bytes(options_.token)))
            return true;
    }
    if (std::ranges::count(options_.allow, request.remote_address) > 0) return true;
    // Behind a proxy that is not trusted everybody looks like loopback.
    const bool own =
        !is_forwarded(request) || std::ranges::any_of(options_.trusted_proxies, is_loopback);
    return own && is_loopback(request.remote_address);
}

net::awaitable<http::Response> MetricsApi::answer(http::Request& request) {
    if (!may_read(request)) {
        co_return http::answer_problem(http::problem_of_status(403, "forbidden"), request);
    }
    if (refresh_) co_await refresh_();
    http::Response response;
    response.fields.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.fields.set("Cache-Control", "no-store");
    response.body = text();
    co_return response;
}

}  // namespace syncwatch::metrics
