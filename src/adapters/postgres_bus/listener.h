#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

#include "base/result.h"

namespace syncwatch::postgres {

/// Lets a thread that waits for a socket be woken by others.
class Waker {
public:
    enum class Event : std::uint8_t { Socket, Woken, TimeIsUp };
    using Deadline = std::chrono::steady_clock::time_point;

    Waker();
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;
    ~Waker();

    /// From any thread.
    void wake() const;
    /// Waits until the socket can be read, or written if `write`, until wake(), or until then.
    Event wait(int socket, bool write, Deadline until) const;

private:
    int fd_;
};

/// The servers of a connection string, one by one: libpq's own way through several of them has no
/// deadlines in its non-blocking form. Errors: InvalidInput.
struct Server {
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string at;  ///< "host:port".
};
Result<std::vector<Server>> parse_servers(const std::string& url);

/// One connection to one PostgreSQL that listens to a channel and notifies it. One thread; nothing
/// here waits longer than its deadline, but for the look-up of a name.
class Listener {
public:
    /// Connects, to a server that can be written to, and listens. nullptr with `stop`: somebody
    /// woke us meanwhile. Errors: Unavailable.
    static Result<std::unique_ptr<Listener>> open(const Server& server, const std::string& channel,
                                                  const Waker& waker, Waker::Deadline until);

    int socket() const { return PQsocket(connection_.get()); }
    /// Sends a batch. Not while is_busy().
    Result<> send(const std::vector<std::string>& payloads);
    bool is_busy() const { return busy_; }
    /// Whether the socket has to take more: then again receive(), when it does.
    bool has_more_to_write() const { return writing_; }
    /// Reads what is there, writes what was left, and gives the payloads that were heard.
    /// Errors: Unavailable; the connection is of no more use.
    Result<std::vector<std::string>> receive();

private:
    struct Close {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };

    Listener(PGconn* connection, std::string channel)
        : connection_(connection), channel_(std::move(channel)) {}
    Result<bool> connect(const Waker& waker, Waker::Deadline until);
    Result<bool> run(const std::string& sql, const Waker& waker, Waker::Deadline until);
    Result<> start(const std::string& sql);
    Result<> flush();
    Result<> take_results();
    tl::unexpected<Error> broken() const;

    std::unique_ptr<PGconn, Close> connection_;
    const std::string channel_;
    bool busy_ = false;
    bool writing_ = false;
};

}  // namespace syncwatch::postgres
