#pragma once
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace syncwatch {

/// Runs one coroutine to its end on a loop of its own, and gives what it returned.
template <class T>
T run_async(boost::asio::awaitable<T> task) {
    boost::asio::io_context context(1);
    std::optional<T> outcome;
    auto done = [&outcome](std::exception_ptr fault, T value) {
        if (fault) std::rethrow_exception(fault);
        outcome = std::move(value);
    };
    boost::asio::co_spawn(context, std::move(task), std::move(done));
    context.run();
    return std::move(*outcome);
}

}  // namespace syncwatch
