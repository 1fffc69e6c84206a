#pragma once
#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace syncwatch {

namespace net = boost::asio;

/// What every operation that may wait returns: a coroutine that ends in a value or an Error.
template <class T = void>
using Async = net::awaitable<Result<T>>;

}  // namespace syncwatch
