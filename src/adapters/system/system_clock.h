#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

#include "ports/clock.h"

namespace syncwatch {

/// The machine's own clocks and timers. Safe from any thread.
class SystemClock final : public Clock {
public:
    Instant now() const override;
    WallTime wall() const override;
    net::awaitable<void> sleep_until(Instant when) override;

    /// From now on the time of day is the machine's and so much: somebody knows better than it.
    void correct(std::chrono::microseconds by) { correction_us_.store(by.count()); }
    std::chrono::microseconds correction() const {
        return std::chrono::microseconds(correction_us_.load(std::memory_order_relaxed));
    }

private:
    std::atomic<std::int64_t> correction_us_{0};
};

}  // namespace syncwatch
