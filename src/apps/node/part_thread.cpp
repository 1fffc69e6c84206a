#include "apps/node/part_thread.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include "base/log/task_fault.h"

namespace syncwatch::apps {

PartThread::PartThread(const char* fault) : tasks_(executor(), log::task_fault(fault)) {}

void PartThread::start(std::function<void()> begin) {
    if (std::exchange(runs_, true)) return;
    shard_.run();
    net::post(executor(), std::move(begin));
}

bool PartThread::end(net::awaitable<void> last) {
    if (!std::exchange(runs_, false)) return false;
    net::co_spawn(executor(), std::move(last), net::use_future).wait();
    return true;
}

}  // namespace syncwatch::apps
