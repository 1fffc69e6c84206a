#pragma once
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "base/async/async.h"

namespace syncwatch {

/// The program's threads: each runs one single-threaded io_context, and owns what lives on it
/// (connections, rooms), so that none of that is ever locked.
/// Declare it before whatever resumes coroutines on it from another thread (databases, pools).
class Shards {
public:
    explicit Shards(std::size_t count);
    Shards(const Shards&) = delete;
    Shards& operator=(const Shards&) = delete;
    /// Stops and joins if nobody did.
    ~Shards();

    std::size_t size() const { return contexts_.size(); }
    net::any_io_executor executor(std::size_t shard) { return contexts_[shard]->get_executor(); }
    /// Starts the threads.
    void run();
    /// Ends the loops, whatever is still to do in them, and waits for the threads.
    void stop();

private:
    using Guard = net::executor_work_guard<net::io_context::executor_type>;

    std::vector<std::unique_ptr<net::io_context>> contexts_;
    std::vector<Guard> guards_;
    std::vector<std::thread> threads_;
};

}  // namespace syncwatch
