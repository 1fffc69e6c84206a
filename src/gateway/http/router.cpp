#include "gateway/http/router.h"

#include <algorithm>
#include <optional>

#include "gateway/http/percent.h"

namespace syncwatch::http {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::string_view take_part(std::string_view& path) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    return part;
}

/// The captured parameters if `path` fits `pattern`. Both begin with '/'.
std::optional<Parameters> fit(std::string_view pattern, std::string_view path) {
    Parameters captured;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    while (!pattern.empty()) {
        const std::string_view wanted = take_part(pattern);
        if (wanted.ends_with("...}")) {
            if (path.empty()) return std::nullopt;
            captured.emplace_back(wanted.substr(1, wanted.size() - 5), path);
            return captured;
        }
        const bool more = !path.empty();
        const std::string_view part = take_part(path);
        if (wanted.starts_with('{')) {
            if (!more || part.empty()) return std::nullopt;
            captured.emplace_back(wanted.substr(1, wanted.size() - 2), part);
        } else if (part != wanted) {
            return std::nullopt;
        }
    }
    if (!path.empty()) return std::nullopt;
    return captured;
}

bool serves(const Route& route, Method method) {
    return route.method == method || (route.method == Method::Get && method == Method::Head);
}

RateClass usual_rate(std::string_view pattern) {
    return pattern.starts_with("/api/") ? RateClass::Call : RateClass::Free;
}

}  // namespace

void Router::add(Method method, std::string pattern, Handler handler, RouteOptions options) {
    if (options.rate == RateClass::ByPath) options.rate = usual_rate(pattern);
    routes_.push_back({std::move(pattern), method, std::move(handler), options, {}});
}

void Router::add_upgrade(std::string pattern, UpgradeHandler handler) {
    RouteOptions options;
    options.rate = usual_rate(pattern);
    routes_.push_back({std::move(pattern), Method::Get, {}, options, std::move(handler)});
}

void Router::set_fallback(Handler handler) {
    Route route;
    route.handler = std::move(handler);
    route.options.rate = RateClass::Free;
    fallback_ = std::move(route);
}

std::variant<Router::Found, Router::WrongMethod, Router::NoSuchPath> Router::find(
    Method method, std::string_view path) const {
    if (!path.starts_with('/')) return NoSuchPath{};
    const Route* best = nullptr;
    Parameters parameters;
    std::string allow;
    const auto allow_also = [&](std::string_view verb) {
        if (allow.find(verb) == std::string::npos)
            allow.append(allow.empty() ? "" : ", ").append(verb);
    };
    for (const Route& route : routes_) {
        auto captured = fit(route.pattern, path);
        if (!captured) continue;
        allow_also(name(route.method));
        if (route.method == Method::Get && !route.upgrade) allow_also(name(Method::Head));
        if (!serves(route, method)) continue;
        // A verb's own handler goes before GET standing in for HEAD.
        if (best == nullptr || (best->method != method && route.method == method)) {
            best = &route;
            parameters = std::move(*captured);
        }
    }
    if (best != nullptr) return Found{best, std::move(parameters)};
    if (allow.empty()) return NoSuchPath{};
    return WrongMethod{std::move(allow)};
}

}  // namespace syncwatch::http
