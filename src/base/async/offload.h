#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <type_traits>
#include <utility>

#include "base/async/async.h"

namespace syncwatch {

/// Runs blocking `work` on `pool` and resumes the caller, on the caller's own executor, with what
/// it returned. `work` must not throw. It is not interrupted by cancellation: give it its own
/// bound. Call as: `auto work = [..] {..}; auto r = co_await offload(pool, std::move(work));`
template <class Work>
auto offload(net::thread_pool& pool, Work work) -> net::awaitable<std::invoke_result_t<Work&>> {
    using Value = std::invoke_result_t<Work&>;
    auto start = [](auto handler, net::thread_pool* where, Work job) {
        auto executor = net::get_associated_executor(handler);
        auto guard = net::make_work_guard(executor);
        auto run = [handler = std::move(handler), job = std::move(job),
                    guard = std::move(guard)]() mutable {
            auto resume = [handler = std::move(handler), value = job()]() mutable {
                std::move(handler)(std::move(value));
            };
            net::post(guard.get_executor(), std::move(resume));
        };
        net::post(*where, std::move(run));
    };
    return net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
        std::move(start), net::use_awaitable, &pool, std::move(work));
}

}  // namespace syncwatch
