#pragma once
#include <chrono>
#include <utility>
#include <variant>

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/system/system_error.hpp>

#include "base/async/async.h"
#include "ports/clock.h"

namespace syncwatch::recovery {

/// What `task` gives, or Timeout when it is not done after `patience`: it is asked to end then, and
/// its end is waited for. Throws operation_aborted when the caller is cancelled.
template <class T>
Async<T> by_deadline(Clock& clock, std::chrono::seconds patience, Async<T> task) {
    using net::experimental::awaitable_operators::operator||;
    auto timer = clock.sleep_until(clock.now() + patience);
    auto first = std::move(task) || std::move(timer);
    bool aborted = false;
    std::variant<Result<T>, std::monostate> outcome{std::monostate()};
    try {
        outcome = co_await std::move(first);
    } catch (const net::multiple_exceptions&) {
        aborted = true;  // Both were asked to end.
    }
    if (aborted) throw boost::system::system_error(net::error::operation_aborted);
    if (outcome.index() == 0) co_return std::get<0>(std::move(outcome));
    co_return fail(ErrorCode::Timeout, "no answer in time");
}

}  // namespace syncwatch::recovery
