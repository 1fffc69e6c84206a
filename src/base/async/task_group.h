#pragma once
#include <cstddef>
#include <functional>
#include <list>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async/async.h"

namespace syncwatch {

/// The owner of background coroutines: nothing of ours runs detached. All calls, and all tasks,
/// on the one executor it was made with (a single thread or a strand). Destroying a group that
/// still has tasks is a programmer's error: cancel(), then join().
class TaskGroup {
public:
    /// Hears of a task that ended in an exception: that is a fault of ours.
    using OnFault = std::function<void(const std::string& task, const std::string& what)>;

    TaskGroup(net::any_io_executor executor, OnFault on_fault);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    /// Starts `task` now. `name` is for logs.
    void spawn(std::string name, net::awaitable<void> task);
    /// The same, on an executor that leads to the group's own thread.
    void spawn_on(net::any_io_executor executor, std::string name, net::awaitable<void> task);
    /// Asks every running task to end (terminal and total cancellation); later ones start
    /// cancelled.
    void cancel();
    /// Waits until no task is left.
    net::awaitable<void> join();
    std::size_t size() const { return running_.size(); }

private:
    struct Running {
        std::string name;
        net::cancellation_signal signal;
    };

    net::any_io_executor executor_;
    OnFault on_fault_;
    std::list<Running> running_;
    net::steady_timer empty_;
    bool cancelled_ = false;
};

}  // namespace syncwatch
