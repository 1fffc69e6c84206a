#include "adapters/system/system_clock.h"

#include <chrono>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace syncwatch {

using std::chrono::microseconds;

Instant SystemClock::now() const {
    return std::chrono::floor<microseconds>(std::chrono::steady_clock::now());
}

WallTime SystemClock::wall() const {
    return std::chrono::floor<microseconds>(std::chrono::system_clock::now()) + correction();
}

net::awaitable<void> SystemClock::sleep_until(Instant when) {
    net::steady_timer timer(co_await net::this_coro::executor, when);
    co_await timer.async_wait(net::use_awaitable);
}

}  // namespace syncwatch
