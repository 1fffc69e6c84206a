#pragma once
#include <functional>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/async.h"
#include "base/async/resumption.h"

namespace syncwatch {

/// Runs blocking `work` on `pool` and resumes the caller, on the caller's own executor, with what
/// it returned. `work` must not throw. It is not interrupted by cancellation: give it its own
/// bound. Call as: `auto work = [..] {..}; auto r = co_await offload(pool, std::move(work));`
template <class Work>
auto offload(net::thread_pool& pool, Work work) -> net::awaitable<std::invoke_result_t<Work&>> {
    using Value = std::invoke_result_t<Work&>;
    auto start = [](auto handler, net::thread_pool* where, Work job) {
        auto run = [waiting = Resumption(std::move(handler)), job = std::move(job)]() mutable {
            waiting.resume(job());
        };
        net::post(*where, std::move(run));
    };
    return net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
        std::move(start), net::use_awaitable, &pool, std::move(work));
}

}  // namespace syncwatch
