#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <utility>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "ports/clock.h"
#include "ports/random.h"

namespace syncwatch {

/// Virtual time and seeded chance. Nothing waits: when no coroutine can go on, time jumps to the
/// next instant at which one wants to. The same seed and program: the same run. One thread.
class SimWorld final : public Clock, public Random {
public:
    using Duration = std::chrono::microseconds;

    explicit SimWorld(std::uint64_t seed = 1) : engine_(seed) {}

    net::any_io_executor executor() { return context_.get_executor(); }

    Instant now() const override { return now_; }
    WallTime wall() const override { return WallTime(now_.time_since_epoch()) + wall_ahead_; }
    net::awaitable<void> sleep_until(Instant when) override {
        auto park = [this, when](auto handler) {
            auto slot = net::get_associated_cancellation_slot(handler);
            auto executor = net::get_associated_executor(handler);
            auto parked = std::make_shared<decltype(handler)>(std::move(handler));
            const std::pair key(when, ++parkings_);
            sleepers_[key] = [parked, slot, executor](boost::system::error_code why) mutable {
                slot.clear();
                net::post(executor, net::append(std::move(*parked), why));
            };
            if (!slot.is_connected()) return;
            slot.assign([this, key](net::cancellation_type) {
                wake(sleepers_.find(key), net::error::operation_aborted);
            });
        };
        co_await net::async_initiate<const net::use_awaitable_t<>, void(boost::system::error_code)>(
            std::move(park), net::use_awaitable);
    }

    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_() >> 56);
    }

    /// The time of day steps; the monotonic clock does not.
    void step_wall(Duration by) { wall_ahead_ += by; }

    /// Calls `act` at an instant, between what else happens then.
    void at(Instant when, std::function<void()> act) {
        sleepers_[std::pair(when, ++parkings_)] =
            [this, act = std::move(act)](boost::system::error_code) { net::post(context_, act); };
    }
    void after(Duration wait, std::function<void()> act) { at(now_ + wait, std::move(act)); }

    /// True with a probability of `percent`/100.
    bool chance(unsigned percent) { return engine_() % 100 < percent; }
    /// From `least` to `most`, both included.
    std::int64_t between(std::int64_t least, std::int64_t most) {
        const auto width = static_cast<std::uint64_t>(most - least) + 1;
        return least + static_cast<std::int64_t>(engine_() % width);
    }
    Duration span_between(Duration least, Duration most) {
        return Duration(between(least.count(), most.count()));
    }

    /// Lets everything happen that happens until `horizon`.
    void run_until(Instant horizon) {
        for (;;) {
            context_.restart();
            context_.poll();
            if (sleepers_.empty() || sleepers_.begin()->first.first > horizon) break;
            now_ = std::max(now_, sleepers_.begin()->first.first);
            wake(sleepers_.begin(), {});
        }
        now_ = std::max(now_, horizon);
    }
    void run_for(Duration time) { run_until(now_ + time); }
    /// Whatever can happen without time passing.
    void settle() { run_until(now_); }

private:
    using Sleepers =
        std::map<std::pair<Instant, std::uint64_t>, std::function<void(boost::system::error_code)>>;

    void wake(Sleepers::iterator sleeper, boost::system::error_code why) {
        if (sleeper == sleepers_.end()) return;
        const auto resume = std::move(sleeper->second);
        sleepers_.erase(sleeper);
        resume(why);
    }

    // Destroyed last: coroutines that are still parked hold the context.
    net::io_context context_{1};
    std::mt19937_64 engine_;
    Instant now_{std::chrono::hours(1)};
    Duration wall_ahead_ = std::chrono::microseconds(1'790'000'000'000'000);
    std::uint64_t parkings_ = 0;
    Sleepers sleepers_;
};

}  // namespace syncwatch
