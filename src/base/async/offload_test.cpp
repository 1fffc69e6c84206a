#include "base/async/offload.h"

#include <memory>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace syncwatch {
namespace {

struct Seen {
    std::thread::id worker;
    std::thread::id after;
    std::unique_ptr<int> value;
};

net::awaitable<void> ask(net::thread_pool& pool, Seen& seen) {
    auto work = [&seen] {
        seen.worker = std::this_thread::get_id();
        return std::make_unique<int>(7);
    };
    seen.value = co_await offload(pool, std::move(work));
    seen.after = std::this_thread::get_id();
}

TEST(OffloadTest, WorkRunsOnThePoolAndTheCallerResumesAtHome) {
    net::thread_pool pool(1);
    net::io_context context(1);
    Seen seen;
    net::co_spawn(context, ask(pool, seen), net::detached);
    context.run();
    ASSERT_TRUE(seen.value);
    EXPECT_EQ(*seen.value, 7);
    EXPECT_EQ(seen.after, std::this_thread::get_id());
    EXPECT_NE(seen.worker, std::this_thread::get_id());
}

}  // namespace
}  // namespace syncwatch
