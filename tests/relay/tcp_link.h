#pragma once
#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async/task_group.h"
#include "relay/network.h"

namespace syncwatch::relay {

/// One TCP connection of a client, and the one to the target that carries it on.
class TcpLink : public std::enable_shared_from_this<TcpLink> {
public:
    using tcp = net::ip::tcp;

    TcpLink(Network& network, TaskGroup& tasks, tcp::socket client);

    void start(const tcp::endpoint& target);
    /// Ends both sides with a reset.
    void reset();
    /// Ends the target's side alone. The client is not told: what it sends goes nowhere.
    void orphan();
    bool is_orphan() const { return orphan_; }
    bool is_open() const { return !closed_; }

private:
    struct Piece {
        enum class Kind : std::uint8_t { Bytes, End, Reset };
        Kind kind = Kind::Bytes;
        Instant due{};
        std::string bytes;
    };
    /// One direction: read, through the bottleneck, under way for a while, written.
    struct Lane {
        Lane(tcp::socket& from_in, tcp::socket& to_in, Way& way_in, std::uint64_t seed);

        tcp::socket& from;
        tcp::socket& to;
        Way& way;
        StreamPath path;
        std::deque<Piece> under_way;
        std::size_t bytes_under_way = 0;
        net::steady_timer changed;  ///< `under_way` grew or shrank.
        net::steady_timer reader;
        net::steady_timer writer;
        bool done = false;
    };

    static net::awaitable<void> connect(std::shared_ptr<TcpLink> self, tcp::endpoint target);
    static net::awaitable<void> read(std::shared_ptr<TcpLink> self, Lane* lane);
    static net::awaitable<void> write(std::shared_ptr<TcpLink> self, Lane* lane);
    net::awaitable<bool> deliver(Lane& lane, Piece piece);
    void send_on(Lane& lane, Piece piece);
    void finish(Lane& lane);
    void wake();

    Network& network_;
    TaskGroup& tasks_;
    tcp::socket client_;
    tcp::socket target_;
    Lane up_;
    Lane down_;
    bool closed_ = false;
    bool orphan_ = false;
};

}  // namespace syncwatch::relay
