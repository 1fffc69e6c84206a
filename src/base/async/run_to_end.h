#pragma once
#include <optional>
#include <utility>

#include "base/async/async.h"

namespace syncwatch {

/// Runs a task to its end on a loop of its own, blocking: before the shards run, in commands, and
/// in tests. What it throws comes out of here.
void run_to_end(net::awaitable<void> task);

/// The same, and gives what it returned. The loop is not made anew for every T: compilers pay for
/// that in each file.
template <class T>
T run_to_end(net::awaitable<T> task) {
    std::optional<T> outcome;
    auto keep = [](net::awaitable<T> from, std::optional<T>& in) -> net::awaitable<void> {
        in.emplace(co_await std::move(from));
    };
    run_to_end(keep(std::move(task), outcome));
    return *std::move(outcome);
}

}  // namespace syncwatch
