#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "base/async/shards.h"
#include "base/async/task_group.h"
#include "base/network.h"
#include "gateway/http/connection.h"
#include "gateway/http/router.h"
#include "gateway/stream/tls_context.h"
#include "gateway/websocket/loop.h"
#include "ports/random.h"

namespace syncwatch::http {

/// Listens, and serves each connection on the thread that accepted it: every shard has an acceptor
/// of its own on the same port (SO_REUSEPORT). WebSockets move to the shard their upgrade names.
class Server {
public:
    struct Options {
        std::string address = "127.0.0.1";
        std::uint16_t port = 8080;  ///< 0: any free one; see port().
        std::size_t max_connections = 20'000;
        /// Peers whose X-Forwarded-For and X-Forwarded-Proto are believed: see Network.
        std::vector<std::string> trusted_proxies;
        Limits limits;
        websocket::Options websocket;
        std::shared_ptr<TlsContext> tls;  ///< nullptr: plain HTTP.
        /// The refusal of a request that comes too early, or nothing; may be empty. Called from
        /// every shard.
        std::function<std::optional<Response>(const Request&, const Route&)> admit;
        /// Hears of every answer, on the thread that gave it; may be empty.
        std::function<void(const RequestRecord&)> on_answered;
    };

    /// `router` is read from every shard from start() on.
    Server(Shards& shards, const Router& router, Random& random, Options options);
    /// After drain(), on a thread that is no shard.
    ~Server();

    /// Takes the port. Errors: Conflict (taken), Forbidden (may not), InvalidInput (no address).
    Result<> listen();
    /// Begins to accept; the shards run, or will.
    void start();
    std::uint16_t port() const { return port_; }

    /// Takes no new connections and ends idle ones; requests under way finish, up to `patience`,
    /// WebSockets are ended at last. Blocks; not from a shard.
    void drain(std::chrono::milliseconds patience);

    std::size_t connections() const { return connections_.load(); }

private:
    struct Shard;

    net::awaitable<void> accept(Shard& shard);
    std::string make_request_id();
    bool is_trusted(const std::string& address) const;
    void resolve_client(Request& request) const;

    Shards& shards_;
    const Router& router_;
    Random& random_;
    const Options options_;
    std::vector<Network> trusted_;
    std::uint16_t port_ = 0;
    std::vector<std::unique_ptr<Shard>> parts_;
    std::shared_ptr<const ConnectionContext> context_;
    std::atomic<std::size_t> connections_{0};
    std::atomic<bool> draining_{false};
};

}  // namespace syncwatch::http
