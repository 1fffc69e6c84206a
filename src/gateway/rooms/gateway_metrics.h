#pragma once
#include <atomic>
#include <cstdint>

namespace syncwatch::room_gateway {

/// What goes over the sockets of rooms. Safe from any thread.
struct Metrics {
    using Count = std::atomic<std::uint64_t>;

    std::atomic<std::int64_t> sockets{0};  ///< Open ones, also those not inside a room yet.
    Count frames_in{0};
    Count frames_out{0};  ///< Deliveries: a broadcast to ten counts ten.
    Count bad_frames{0};  ///< Not of the protocol.
    Count bad_tickets{0};
};

}  // namespace syncwatch::room_gateway
