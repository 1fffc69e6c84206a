#include "gateway/health/health_api.h"

#include <boost/json/object.hpp>

#include "gateway/api/answers.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;

/// Milliseconds with three digits behind the point: more would be noise.
double rounded(double ms) {
    return static_cast<double>(static_cast<std::int64_t>(ms * 1000)) / 1000;
}

}  // namespace

void HealthApi::add_routes(Router& router) {
    router.add(Method::Get, "/health/live", [this](Request& request) { return live(request); });
    router.add(Method::Get, "/health/ready", [this](Request& request) { return ready(request); });
    router.add(Method::Get, "/health", [this](Request& request) { return health(request); });
}

net::awaitable<Response> HealthApi::live(Request&) {
    const json::object body{{"status", "ok"}};
    co_return answer_json(200, body);
}

net::awaitable<Response> HealthApi::ready(Request&) {
    json::object body{{"status", "ready"}};
    if (board_.phase() == HealthBoard::Phase::Ready) co_return answer_json(200, body);
    body["status"] = board_.phase() == HealthBoard::Phase::Draining ? "draining" : "starting";
    Response response = answer_json(503, body);
    response.fields.set("Retry-After", "1");
    co_return response;
}

net::awaitable<Response> HealthApi::health(Request&) {
    const HealthBoard::Report report = co_await board_.report();
    json::object components;
    for (const auto& each : report.components) {
        json::object state{{"status", text(each.state.status)},
                           {"latency_ms", nullptr},
                           {"detail", each.state.detail}};
        if (each.state.latency_ms) state["latency_ms"] = rounded(*each.state.latency_ms);
        components[each.name] = std::move(state);
    }
    const json::object body{{"status", text(report.status)},
                            {"version", options_.version},
                            {"node", options_.node},
                            {"components", std::move(components)}};
    const bool down = report.status == ComponentState::Status::Down;
    co_return answer_json(down ? 503 : 200, body);
}

}  // namespace syncwatch::http
