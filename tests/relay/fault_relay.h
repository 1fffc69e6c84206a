#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/async/task_group.h"
#include "base/result.h"
#include "relay/network.h"
#include "relay/tcp_link.h"
#include "relay/udp_relay.h"

namespace syncwatch::relay {

/// Passes TCP and UDP on from a port of its own, as badly as it is told. One thread.
class FaultRelay {
public:
    struct Options {
        net::ip::address address;  ///< Of the target, and to listen at.
        std::uint16_t target_port = 0;
        std::uint16_t listen_port = 0;  ///< 0: any that is free.
        std::uint64_t seed = 1;
    };
    /// Until heal().
    enum class Cut : std::uint8_t {
        Reset,   ///< Connections end with a reset, and new ones at once.
        Silent,  ///< Nothing gets through and nobody is told; after heal() it goes on.
    };
    struct Stats {
        std::uint64_t connections = 0;
        std::uint64_t open = 0;
        std::uint64_t bytes_up = 0;
        std::uint64_t bytes_down = 0;
        std::uint64_t stalls = 0;
        std::uint64_t dropped = 0;
    };

    FaultRelay(net::any_io_executor executor, Options options);

    /// Listens, for TCP and UDP at the same port.
    Result<> start();
    std::uint16_t port() const { return port_; }

    const Conditions& conditions(Direction direction) { return network_.way(direction).conditions; }
    void set_conditions(Direction direction, const Conditions& conditions);
    /// `only`: one direction, for silence.
    void cut(Cut how, std::optional<Direction> only = std::nullopt);
    /// Ends the connections there are with a reset; new ones are welcome.
    void reset();
    /// The target's side of each connection ends; the client goes on talking to nobody.
    void half_open();
    /// Ends a cut, with the conditions as they were set; half-open connections are reset.
    void heal();
    /// Where new connections and datagrams go: a server that came back elsewhere.
    void set_target(std::uint16_t port);
    Stats stats() const;
    /// Ends everything. Must have been awaited before destruction.
    net::awaitable<void> stop();

private:
    net::awaitable<void> accept();
    void sweep();

    net::any_io_executor executor_;
    Options options_;
    Network network_;
    TaskGroup tasks_;
    net::ip::tcp::acceptor acceptor_;
    std::list<std::shared_ptr<TcpLink>> links_;
    std::unique_ptr<UdpRelay> datagrams_;
    std::uint16_t port_ = 0;
    std::uint64_t connections_ = 0;
    bool refusing_ = false;
    bool stopped_ = false;
};

}  // namespace syncwatch::relay
