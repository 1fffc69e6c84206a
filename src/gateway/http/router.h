#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/http/message.h"

namespace syncwatch::websocket {
class Peer;
class PeerListener;
}  // namespace syncwatch::websocket

namespace syncwatch::http {

/// Answers one request. The request lives until the handler ends, also when its deadline has
/// passed and the client was answered 503 meanwhile. What it throws becomes a 500 and a log line.
using Handler = std::function<net::awaitable<Response>(Request& request)>;

/// How calls to a route are counted against whoever makes them.
enum class RateClass : std::uint8_t {
    ByPath,  ///< Call under /api/, Free elsewhere.
    Free,
    Call,
    SignIn,  ///< Costs the hash of a password.
    Guest,   ///< Makes a guest.
};

struct RouteOptions {
    /// How long the handler may take before the client is told 503; zero: as long as bytes flow
    /// (uploads, which have a deadline of their own per read).
    std::chrono::milliseconds deadline{10'000};
    RateClass rate = RateClass::ByPath;
};

/// Leave to speak WebSocket: the gateway answers 101, moves the socket to `shard`'s thread, and
/// calls `accept` there.
struct Upgrade {
    std::string protocol;  ///< The subprotocol to name in the answer; empty: none.
    std::size_t shard = 0;
    std::function<std::unique_ptr<websocket::PeerListener>(websocket::Peer&)> accept;
};

/// Decides on a WebSocket handshake before it is answered: a refusal is an ordinary response.
using UpgradeHandler = std::function<net::awaitable<std::variant<Response, Upgrade>>(Request&)>;

struct Route {
    std::string pattern;  ///< "/api/v1/rooms/{code}"; a last part "{rest...}" takes the rest.
    Method method = Method::Get;
    Handler handler;
    RouteOptions options;
    UpgradeHandler upgrade;  ///< Set for WebSocket routes, whose `handler` is empty.
};

/// Finds the handler for a method and a path. Filled at start, then read from every thread.
/// HEAD is answered by GET's handler without the body, unless HEAD has a handler of its own.
class Router {
public:
    void add(Method method, std::string pattern, Handler handler, RouteOptions options = {});

    /// A GET route that becomes a WebSocket; without the handshake's headers it answers 426.
    void add_upgrade(std::string pattern, UpgradeHandler handler);

    /// Answers what no route's pattern fits, whatever its method (the web app, a 404). Without one
    /// the gateway answers 404.
    void set_fallback(Handler handler);
    /// nullptr: none was set.
    const Route* fallback() const { return fallback_ ? &*fallback_ : nullptr; }

    /// Every route, for the test that compares them with the API's description.
    const std::vector<Route>& routes() const { return routes_; }

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
    std::optional<Route> fallback_;
};

}  // namespace syncwatch::http
