#include "base/async/cancelled.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

namespace syncwatch {

net::awaitable<bool> is_cancelled() {
    const auto state = co_await net::this_coro::cancellation_state;
    co_return state.cancelled() != net::cancellation_type::none;
}

}  // namespace syncwatch
