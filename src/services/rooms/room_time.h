#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

#include "ports/clock.h"

namespace syncwatch {

/// The time that a node's rooms live by: the time of day at its start, carried on by the monotonic
/// clock. When the time of day steps, room time does not: it is drawn after it so slowly that no
/// picture moves. Safe from any thread.
class RoomTime {
public:
    /// How much it is drawn in a second: less than what clocks are apart anyway.
    static constexpr std::chrono::microseconds kMostDrawn{200};

    explicit RoomTime(const Clock& clock) : clock_(clock) { adopt(); }

    WallTime now() const { return at(clock_.now()); }
    WallTime at(Instant instant) const {
        return WallTime(instant.time_since_epoch() +
                        std::chrono::microseconds(offset_us_.load(std::memory_order_relaxed)));
    }
    /// A room lives by it from here on; the first one takes the time of day as it is then.
    void begin_use();
    void end_use() { users_.fetch_sub(1); }
    /// Draws it after the time of day; call it now and then, it acts once a second.
    void discipline();
    /// How far the time of day is ahead of room time: for metrics.
    std::chrono::microseconds error() const;

private:
    void adopt();

    const Clock& clock_;
    std::atomic<std::int64_t> offset_us_{0};
    std::atomic<std::int64_t> users_{0};
    std::atomic<std::int64_t> drawn_at_us_{0};  ///< On the monotonic clock.
};

}  // namespace syncwatch
