#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "adapters/redis/client.h"
#include "adapters/redis_backup/info.h"
#include "base/async/async.h"

namespace syncwatch::redis {

/// A server that answered, with a connection that is closed with the object.
struct OpenServer {
    OpenServer(Endpoint where, std::shared_ptr<Connection> open, Info said)
        : endpoint(std::move(where)), connection(std::move(open)), info(std::move(said)) {}
    OpenServer(OpenServer&&) = default;
    OpenServer& operator=(OpenServer&&) = delete;
    ~OpenServer() {
        if (connection) connection->close("not used any more");
    }

    bool is_master() const { return info.is("role", "master"); }

    Endpoint endpoint;
    std::shared_ptr<Connection> connection;
    Info info;  ///< As of when it was opened.
};

/// All that INFO says by default. Errors: as Connection::ask().
Async<Info> ask_info(std::shared_ptr<Connection> connection);

/// The servers behind one address, for whoever takes their data or brings it back.
class Servers {
public:
    explicit Servers(Client::Options options) : options_(std::move(options)) {}

    /// Connects to one server. Errors: Unavailable, Forbidden.
    Async<OpenServer> open(Endpoint endpoint) const;
    /// The master, which knows that it is one. Errors: Unavailable, Forbidden, Conflict (the
    /// address is of a replica; reason "not_master").
    Async<OpenServer> master() const;
    /// Whom to take a snapshot from: behind Sentinels a replica that has all that the master had
    /// when this was asked, so that the master need not fork; else the master. Without Sentinels
    /// the server of the address: a replica must be in step with its master. Errors: Unavailable,
    /// Forbidden.
    Async<OpenServer> source() const;

    const Client::Options& options() const { return options_; }

private:
    Async<Endpoint> find_master() const;
    Async<std::vector<Endpoint>> replicas() const;
    Async<bool> reaches(const OpenServer& replica, std::int64_t offset) const;

    const Client::Options options_;
};

}  // namespace syncwatch::redis
