#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

#include "ports/clock.h"
#include "ports/time_reference.h"
#include "services/rooms/room_time.h"

namespace syncwatch {

/// Keeps the room time of this node at what all nodes go by.
class TimeKeeper {
public:
    TimeKeeper(TimeReference& reference, RoomTime& time, Clock& clock)
        : reference_(reference), time_(time), clock_(clock) {}

    /// Reads the reference several times and takes what came back soonest. Errors: Unavailable.
    Async<> look();
    /// Every few seconds, until it is cancelled. While the reference is away, room time goes on by
    /// the monotonic clock.
    net::awaitable<void> run();

    /// How far off the last reading may be, at most: half of the way there and back. Zero: there
    /// was none. From any thread.
    std::chrono::microseconds uncertainty() const {
        return std::chrono::microseconds(uncertainty_us_.load(std::memory_order_relaxed));
    }

private:
    TimeReference& reference_;
    RoomTime& time_;
    Clock& clock_;
    std::atomic<std::int64_t> uncertainty_us_{0};
    bool failing_ = false;
};

}  // namespace syncwatch
