#pragma once
#include <chrono>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/async.h"
#include "base/async/task_group.h"

namespace syncwatch {

/// Lets the tasks of `group` run for a while, then cancels them and waits for their end.
inline net::awaitable<void> cancel_after(std::chrono::milliseconds time, TaskGroup& group) {
    net::steady_timer timer(co_await net::this_coro::executor, time);
    co_await timer.async_wait(net::use_awaitable);
    group.cancel();
    co_await group.join();
}

}  // namespace syncwatch
