#pragma once
#include <mutex>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "ports/clock.h"

namespace syncwatch {

/// A clock that moves when a test says so. Sleepers return at once, behind whoever waits already.
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
    net::awaitable<void> sleep_until(Instant) override {
        co_await net::post(co_await net::this_coro::executor, net::use_awaitable);
    }

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
