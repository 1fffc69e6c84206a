#pragma once
#include <functional>

#include "base/async/shards.h"
#include "base/async/task_group.h"

namespace syncwatch::apps {

/// The thread that a part of the node has to itself while it runs, with the tasks on it. Declare it
/// before whatever resumes coroutines on it; start it and end it from one other thread.
class PartThread {
public:
    /// `fault`: the event as which a task that fails is logged.
    explicit PartThread(const char* fault);

    net::any_io_executor executor() { return shard_.executor(0); }
    /// For who is on the thread.
    TaskGroup& tasks() { return tasks_; }
    bool runs() const { return runs_; }

    /// Runs, and calls `begin` there. Nothing where it runs already.
    void start(std::function<void()> begin = [] {});
    /// Does `last` there, which ends all tasks, and waits for it. False, and nothing is done, where
    /// it does not run.
    bool end(net::awaitable<void> last);
    /// Ends the loop, whatever is still to do on it.
    void stop() { shard_.stop(); }

private:
    Shards shard_{1};
    TaskGroup tasks_;
    bool runs_ = false;
};

}  // namespace syncwatch::apps
