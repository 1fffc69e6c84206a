#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/redis/redis_url.h"
#include "adapters/redis/resp.h"
#include "adapters/redis/tls.h"
#include "base/async/async.h"

namespace syncwatch::redis {

/// One connection to one server (Redis 6 or later, or a Sentinel of it), on one executor. Commands
/// do not wait for one another's answers; an answer that does not come in time breaks the
/// connection, since nobody knows any more which answer is whose. Used once.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    struct Options {
        std::string user = {};
        std::string password = {};
        int database = 0;
        std::string name = "syncwatch";  ///< For CLIENT LIST.
        TlsTrust trust = nullptr;        ///< nullptr: without TLS.
        std::chrono::milliseconds connect_within{1000};
        std::chrono::milliseconds answer_within{2000};
        std::size_t max_reply = ReplyReader::Limits().max_bytes;  ///< Bytes.
    };
    /// Replies that are errors come as replies.
    using Answer = std::function<void(Result<Reply>)>;
    using Push = std::function<void(const Reply&)>;

    static std::shared_ptr<Connection> make(net::any_io_executor executor, Options options) {
        return std::shared_ptr<Connection>(new Connection(std::move(executor), std::move(options)));
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Connects and says who we are. Errors: Unavailable, Forbidden (user or password).
    Async<> open(Endpoint endpoint);
    /// Hears of what is not an answer: messages of channels. Before open().
    void set_push(Push push) { push_ = std::move(push); }

    /// Sends it; `answer` hears the reply, or Unavailable when the connection breaks.
    void command(const Words& words, Answer answer);
    /// The same, waiting. Errors: Unavailable (broken, or the reply is an error).
    Async<Reply> ask(Words words);
    /// What is answered by a push, or not at all.
    void tell(const Words& words);

    /// Commands without an answer yet.
    std::size_t waiting() const { return waiting_.size(); }
    /// Breaks it: whoever waits is told why. Only the first time counts.
    void close(const std::string& why);
    /// Waits until it is broken, and says why.
    net::awaitable<std::string> ended();

private:
    struct Waiting {
        Answer answer;
        std::chrono::steady_clock::time_point until;
    };

    Connection(net::any_io_executor executor, Options options);
    struct Tls;
    Async<> connect(const Endpoint& endpoint);
    Async<> shake_hands(const Endpoint& endpoint);
    Async<> greet();
    void read();
    void take_replies();
    void write();
    void watch();
    tl::unexpected<Error> broken() const;

    const Options options_;
    net::any_io_executor executor_;
    net::ip::tcp::resolver resolver_;
    net::ip::tcp::socket socket_;
    std::unique_ptr<Tls> tls_;    ///< Over the socket; null: without.
    net::steady_timer deadline_;  ///< Of the oldest command, or of connecting.
    net::steady_timer end_;       ///< Never expires: wakes those in ended().
    Push push_;
    ReplyReader reader_;
    std::string received_;
    std::string out_;      ///< To be written next.
    std::string writing_;  ///< Empty: nothing is being written.
    std::deque<Waiting> waiting_;
    bool closed_ = false;
    std::string why_;
};

/// Closes a connection with the coroutine that uses it, however that ends: an open one keeps itself
/// and its loop alive.
struct ClosedAtEnd {
    explicit ClosedAtEnd(std::shared_ptr<Connection> owned) : connection(std::move(owned)) {}
    ClosedAtEnd(const ClosedAtEnd&) = delete;
    ClosedAtEnd& operator=(const ClosedAtEnd&) = delete;
    ~ClosedAtEnd() {
        if (connection) connection->close("not used any more");
    }
    std::shared_ptr<Connection> connection;
};

}  // namespace syncwatch::redis
