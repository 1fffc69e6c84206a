#pragma once
#include <mutex>

#include "ports/clock.h"

namespace syncwatch {

/// A clock that moves when a test says so. Sleepers return at once.
class ManualClock final : public Clock {
public:
    Instant now() const override {
        const std::lock_guard lock(mutex_);
        return now_;
    }
    WallTime wall() const override {
        const std::lock_guard lock(mutex_);
        return wall_;
    }
    net::awaitable<void> sleep_until(Instant) override { co_return; }

    void advance(std::chrono::microseconds by) {
        const std::lock_guard lock(mutex_);
        now_ += by;
        wall_ += by;
    }

private:
    mutable std::mutex mutex_;
    Instant now_{std::chrono::hours(1)};
    WallTime wall_ = from_micros(1'790'000'000'000'000);
};

}  // namespace syncwatch
