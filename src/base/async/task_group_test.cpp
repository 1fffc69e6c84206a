#include "base/async/task_group.h"

#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

net::awaitable<void> sleep_long() {
    net::steady_timer timer(co_await net::this_coro::executor, 1h);
    co_await timer.async_wait(net::use_awaitable);
}

net::awaitable<void> throw_soon() {
    net::steady_timer timer(co_await net::this_coro::executor, 1ms);
    co_await timer.async_wait(net::use_awaitable);
    throw std::runtime_error("broken");
}

net::awaitable<void> cancel_and_join(TaskGroup& group, bool& joined) {
    group.cancel();
    co_await group.join();
    joined = true;
}

TEST(TaskGroupTest, CancelEndsWhatSleepsAndJoinWaitsForIt) {
    net::io_context context(1);
    TaskGroup group(context.get_executor(), [](const auto&, const auto&) { FAIL(); });
    group.spawn("a", sleep_long());
    group.spawn("b", sleep_long());
    bool joined = false;
    net::co_spawn(context, cancel_and_join(group, joined), net::detached);
    context.run_for(2s);
    EXPECT_TRUE(joined);
    EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroupTest, AFaultIsReportedWithTheNameOfItsTask) {
    net::io_context context(1);
    std::string heard;
    TaskGroup group(context.get_executor(),
                    [&](const auto& task, const auto& what) { heard = task + ": " + what; });
    group.spawn("worker", throw_soon());
    context.run_for(2s);
    EXPECT_EQ(heard, "worker: broken");
}

}  // namespace
}  // namespace syncwatch
