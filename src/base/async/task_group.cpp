#include "base/async/task_group.h"

#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/assert.h"

namespace syncwatch {
namespace {

bool is_cancellation(const std::exception_ptr& fault) {
    try {
        std::rethrow_exception(fault);
    } catch (const boost::system::system_error& error) {
        return error.code() == net::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::string describe(const std::exception_ptr& fault) {
    try {
        std::rethrow_exception(fault);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an exception that is no std::exception";
    }
}

}  // namespace

TaskGroup::TaskGroup(net::any_io_executor executor, OnFault on_fault)
    : executor_(std::move(executor)), on_fault_(std::move(on_fault)), empty_(executor_) {
    empty_.expires_at(net::steady_timer::time_point::max());
}

TaskGroup::~TaskGroup() {
    SW_ASSERT(running_.empty());
}

void TaskGroup::spawn(std::string name, net::awaitable<void> task) {
    spawn_on(executor_, std::move(name), std::move(task));
}

void TaskGroup::spawn_on(net::any_io_executor executor, std::string name,
                         net::awaitable<void> task) {
    auto& entry = running_.emplace_back();
    entry.name = std::move(name);
    auto done = [this, it = std::prev(running_.end())](std::exception_ptr fault) {
        const std::string ended = std::move(it->name);
        running_.erase(it);
        if (fault && !is_cancellation(fault)) on_fault_(ended, describe(fault));
        if (running_.empty()) empty_.cancel();
    };
    net::co_spawn(std::move(executor), std::move(task),
                  net::bind_cancellation_slot(entry.signal.slot(), std::move(done)));
    if (cancelled_) {
        net::post(executor_, [this] { cancel(); });
    }
}

void TaskGroup::cancel() {
    cancelled_ = true;
    // A task that ends at once removes its own entry: step past it before telling it.
    for (auto it = running_.begin(); it != running_.end();) {
        auto& entry = *it++;
        entry.signal.emit(net::cancellation_type::all);
    }
}

net::awaitable<void> TaskGroup::join() {
    while (!running_.empty()) {
        co_await empty_.async_wait(net::as_tuple(net::use_awaitable));
    }
}

}  // namespace syncwatch
