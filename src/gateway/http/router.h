#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/http/message.h"

namespace syncwatch::http {

/// Answers one request. The request lives until the handler ends, also when its deadline has
/// passed and the client was answered 503 meanwhile. What it throws becomes a 500 and a log line.
using Handler = std::function<net::awaitable<Response>(Request& request)>;

struct RouteOptions {
    /// How long the handler may take before the client is told 503; zero: as long as bytes flow
    /// (uploads, which have a deadline of their own per read).
    std::chrono::milliseconds deadline{10'000};
};

struct Route {
    std::string pattern;  ///< "/api/v1/rooms/{code}"; a last part "{rest...}" takes the rest.
    Method method = Method::Get;
    Handler handler;
    RouteOptions options;
};

/// Finds the handler for a method and a path. Filled at start, then read from every thread.
/// HEAD is answered by GET's handler without the body, unless HEAD has a handler of its own.
class Router {
public:
    void add(Method method, std::string pattern, Handler handler, RouteOptions options = {});

    struct Found {
        const Route* route;
        std::vector<std::pair<std::string, std::string>> parameters;
    };
    struct WrongMethod {
        std::string allow;  ///< For the Allow header: "GET, HEAD, PATCH".
    };
    struct NoSuchPath {};
    std::variant<Found, WrongMethod, NoSuchPath> find(Method method, std::string_view path) const;

private:
    std::vector<Route> routes_;
};

}  // namespace syncwatch::http
