#pragma once
#include "base/async/async.h"

namespace syncwatch {

/// Whether the calling coroutine was asked to end: for those that turned throw_if_cancelled off.
net::awaitable<bool> is_cancelled();

}  // namespace syncwatch
