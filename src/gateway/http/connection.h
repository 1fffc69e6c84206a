#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/async/async.h"
#include "gateway/http/router.h"
#include "gateway/http/transport.h"

namespace syncwatch::http {

/// Bounds that hold for every connection.
struct Limits {
    std::size_t header_bytes = 16 * 1024;
    std::chrono::seconds idle{75};          ///< Between requests of one connection.
    std::chrono::seconds header{10};        ///< From the first byte of a head to its last.
    std::chrono::seconds body_silence{30};  ///< Between two pieces of a body, either way.
    std::size_t drained_body = 64 * 1024;   ///< Unread body that is read away to keep a connection.
};

/// One request that was answered: for metrics.
struct RequestRecord {
    const Route* route = nullptr;  ///< nullptr: none fitted.
    Method method = Method::Other;
    int status = 0;
    std::chrono::microseconds took{};  ///< From the end of its head to the start of the answer.
};

/// What a connection needs of its server.
struct ConnectionContext {
    const Router& router;
    Limits limits;
    std::function<std::string()> make_request_id;
    /// Replaces the peer's address by the client's, if the peer is a trusted proxy.
    std::function<void(Request&)> resolve_client;
    /// Takes the socket of an accepted upgrade, with what the client already sent behind its head.
    std::function<void(Upgrade upgrade, Transport::Released socket, std::string leftover)>
        hand_over;
    /// The refusal of a request that comes too early, or nothing; may be empty.
    std::function<std::optional<Response>(const Request&, const Route&)> admit;
    /// Starts a request's handler, which may outlive its connection.
    std::function<void(const std::string& request_id, net::awaitable<void>)> spawn;
    /// Hears of every answer; may be empty. Called on the connection's thread.
    std::function<void(const RequestRecord&)> on_answered;
    std::atomic<bool>& draining;
};

/// Serves one client until it leaves, errs, upgrades or the server drains.
net::awaitable<void> serve_connection(std::shared_ptr<const ConnectionContext> context,
                                      std::unique_ptr<Transport> transport,
                                      std::string remote_address);

}  // namespace syncwatch::http
