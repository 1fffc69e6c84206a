#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

#include "ports/clock.h"

namespace syncwatch {

/// The time that a node's rooms live by: the time of day at its start, or a reference that it
/// shares with other nodes, carried on by the monotonic clock. When what it follows steps, room
/// time does not: it is drawn after it so slowly that no picture moves. Safe from any thread.
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
    /// The common reference shows `time` now: from here on it is what room time follows, also when
    /// nothing more is heard of it; the time of day does not count any more.
    void refer(WallTime time);
    /// Draws it after what it follows; call it now and then, it acts once a second.
    void discipline();
    /// How far what it follows is ahead of room time: for metrics.
    std::chrono::microseconds error() const;

private:
    void adopt();

    const Clock& clock_;
    std::atomic<std::int64_t> offset_us_{0};
    std::atomic<std::int64_t> users_{0};
    std::atomic<std::int64_t> drawn_at_us_{0};  ///< On the monotonic clock.
    static constexpr std::int64_t kNoReference = INT64_MIN;
    /// How far the reference is ahead of the monotonic clock.
    std::atomic<std::int64_t> reference_us_{kNoReference};
};

}  // namespace syncwatch
