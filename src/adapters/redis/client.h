#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/redis/connection.h"
#include "adapters/redis/master.h"
#include "base/async/task_group.h"
#include "ports/random.h"

namespace syncwatch::redis {

/// Keeps one connection to the master, on a thread of its own: finds it, checks that it is one,
/// follows it when another takes over, and tries again with growing pauses when it is gone.
class Client {
public:
    struct Options {
        Address address;
        /// Asked at each new connection, so that a changed password needs no restart; empty: the
        /// address's.
        std::function<std::string()> password = {};
        std::function<std::string()> sentinel_password = {};  ///< The same; empty: none.
        TlsTrust trust = nullptr;        ///< load_trust(), for an address with TLS.
        std::string name = "syncwatch";  ///< For CLIENT LIST.
        std::chrono::milliseconds connect_within{1000};
        std::chrono::milliseconds answer_within{2000};
        std::chrono::milliseconds longest_pause{2000};            ///< Between two tries.
        std::size_t max_reply = ReplyReader::Limits().max_bytes;  ///< As ReplyReader has it.
    };
    /// Called on the client's thread.
    struct Hooks {
        /// The rest of connecting; a failure is one of it.
        std::function<Async<>(std::shared_ptr<Connection>)> prepare;
        std::function<void(bool connected)> connected;
        Connection::Push push = {};
    };
    struct Status {
        bool connected = false;
        std::string at;   ///< The server that it is, or was last, connected to.
        std::string why;  ///< Of the last break or failure; empty: there was none.
        std::uint64_t breaks = 0;
    };

    /// `random` outlives it.
    Client(Random& random, Options options);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { stop(); }

    /// Once.
    void start(Hooks hooks);
    /// When it returns, no hook is called any more. Again: nothing.
    void stop();
    Status status() const;

    net::any_io_executor executor() { return context_.get_executor(); }
    /// On the client's thread: the connection that works, or null.
    const std::shared_ptr<Connection>& connection() const { return ready_; }

private:
    net::awaitable<void> run();
    net::awaitable<void> look_after();
    Async<> look(std::shared_ptr<Connection> connection);
    Async<> connect();
    net::awaitable<void> pause();
    void moved(const Endpoint& master);
    void set_connected(bool connected, const std::string& why);

    Random& random_;
    const Options options_;
    Hooks hooks_;
    net::io_context context_{1};
    net::executor_work_guard<net::io_context::executor_type> open_;
    // On the client's thread:
    MasterFinder finder_;
    TaskGroup tasks_;
    net::steady_timer resting_;
    Endpoint master_;
    std::shared_ptr<Connection> trying_;  ///< Connecting, or connected.
    std::shared_ptr<Connection> ready_;
    std::chrono::milliseconds pause_{0};
    bool stopping_ = false;

    mutable std::mutex mutex_;  // Guards what follows.
    Status status_;
    std::thread thread_;
};

/// What a connection to the master needs of them.
Connection::Options connection_options(const Client::Options& options);

}  // namespace syncwatch::redis
