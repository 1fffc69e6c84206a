#include "relay/network.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace syncwatch::relay {

Gate::Gate(const net::any_io_executor& executor) : opened_(executor) {
    opened_.expires_at(net::steady_timer::time_point::max());
}

void Gate::open() {
    open_ = true;
    opened_.cancel();
}

net::awaitable<void> Gate::pass() {
    while (!open_) co_await opened_.async_wait(net::as_tuple(net::use_awaitable));
}

}  // namespace syncwatch::relay
