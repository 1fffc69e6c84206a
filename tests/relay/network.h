#pragma once
#include <cstdint>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async/async.h"
#include "relay/conditions.h"
#include "relay/path.h"

namespace syncwatch::relay {

/// Where everything waits while its direction is cut in silence.
class Gate {
public:
    explicit Gate(const net::any_io_executor& executor);
    bool is_open() const { return open_; }
    void open();
    void close() { open_ = false; }
    /// Returns when it is open.
    net::awaitable<void> pass();

private:
    bool open_ = true;
    net::steady_timer opened_;
};

/// One direction, as all connections share it.
struct Way {
    explicit Way(const net::any_io_executor& executor) : gate(executor) {}

    Conditions conditions;
    Bottleneck narrow;
    Gate gate;
    std::uint64_t bytes = 0;  ///< That came out at the other end.
    std::uint64_t stalls = 0;
    std::uint64_t dropped = 0;  ///< Datagrams.
};

/// Both directions. One thread.
struct Network {
    explicit Network(const net::any_io_executor& executor) : up(executor), down(executor) {}

    Way& way(Direction direction) { return direction == Direction::Up ? up : down; }

    Way up;
    Way down;
    std::uint64_t next_seed = 1;
};

}  // namespace syncwatch::relay
