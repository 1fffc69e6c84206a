#pragma once
#include <functional>
#include <string>

#include "adapters/redis/connection.h"
#include "adapters/redis/redis_url.h"
#include "base/async/async.h"

namespace syncwatch::redis {

/// Knows which server is the master: the one of the URL, or the one that the Sentinels name. One
/// executor.
class MasterFinder {
public:
    struct Options {
        Address address;
        TlsTrust trust = nullptr;  ///< For an address with TLS.
        /// Sentinels may want one of their own: asked at each new connection; empty: none.
        std::function<std::string()> sentinel_password = {};
        std::chrono::milliseconds sentinel_within{500};  ///< For each to answer.
    };

    explicit MasterFinder(Options options) : options_(std::move(options)) {}

    bool has_sentinels() const { return !options_.address.master.empty(); }
    /// Asks one Sentinel after the other, the last that answered first. Errors: Unavailable.
    Async<Endpoint> find();
    /// Hears of the master from a Sentinel, at first and whenever it changes, until it is
    /// cancelled. Without Sentinels it ends at once.
    net::awaitable<void> follow(std::function<void(const Endpoint&)> moved);

private:
    Async<std::shared_ptr<Connection>> open(Endpoint sentinel, Connection::Push push);
    Async<Endpoint> ask(std::shared_ptr<Connection> sentinel);
    net::awaitable<void> follow_one(std::size_t sentinel,
                                    std::function<void(const Endpoint&)>& moved);

    const Options options_;
    std::size_t last_ = 0;  ///< Index of the Sentinel that answered last.
};

/// Whether a server takes itself for a master: one that was, and does not know better yet, is
/// refused as soon as it knows. Errors: Unavailable (a replica, or the user may not ask).
Async<> check_is_master(std::shared_ptr<Connection> connection);

}  // namespace syncwatch::redis
