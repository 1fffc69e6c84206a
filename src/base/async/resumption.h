#pragma once
#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "base/async/async.h"

namespace syncwatch {

/// A coroutine that waits for what another thread does, and the claim on its loop that keeps the
/// loop running meanwhile. `Handler` is what async_initiate hands to an initiation.
///
/// The claim goes last, when the resuming thread has nothing more to do with the loop: a loop that
/// runs out of work may be destroyed at once. A loop that is stopped instead must outlive the
/// threads that may resume coroutines on it: declare Shards before databases and pools.
template <class Handler>
class Resumption {
public:
    explicit Resumption(Handler handler)
        : claim_(net::make_work_guard(net::get_associated_executor(handler))),
          handler_(std::move(handler)) {}

    /// Goes on with `value` on the coroutine's own executor. Once, from any thread.
    template <class Value>
    void resume(Value value) {
        auto go = [handler = std::move(handler_), result = std::move(value)]() mutable {
            std::move(handler)(std::move(result));
        };
        net::post(claim_.get_executor(), std::move(go));
    }

private:
    net::executor_work_guard<net::associated_executor_t<Handler>> claim_;
    Handler handler_;
};

}  // namespace syncwatch
