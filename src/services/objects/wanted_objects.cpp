#include "services/objects/wanted_objects.h"

#include <utility>

#include "base/log/context_executor.h"
#include "base/log/log.h"
#include "base/log/task_fault.h"
#include "services/objects/object_maker.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// Longer than it takes; whoever dies meanwhile keeps the others from it no longer.
constexpr auto kClaimWanted = 60s;

}  // namespace

WantedObjects::WantedObjects(ObjectMender& mender, ReplicaLedger& replicas, Bus& bus, Clock& clock,
                             net::any_io_executor executor)
    : mender_(mender),
      replicas_(replicas),
      bus_(bus),
      clock_(clock),
      executor_(executor),
      tasks_(executor, log::task_fault("objects.task_fault")) {}

void WantedObjects::start() {
    auto handle = [this](const std::string& key) { hear(key); };
    heard_ = bus_.subscribe(kWantedTopic, executor_, std::move(handle));
}

net::awaitable<void> WantedObjects::end() {
    heard_.reset();
    tasks_.cancel();
    co_await tasks_.join();
}

void WantedObjects::hear(const std::string& key) {
    if (under_way_.size() >= kMostAtOnce || !under_way_.insert(key).second) return;
    auto request = std::make_shared<const std::string>(log::current_request());
    const log::ContextExecutor executor(executor_, std::move(request));
    tasks_.spawn_on(executor, "wanted", mend(key));
}

net::awaitable<void> WantedObjects::mend(std::string key) {
    const WallTime now = clock_.wall();
    // Also what a process without a maker has put off for a moment.
    const WallTime due = now + ObjectMender::kLeftToOthers;
    auto claimed = co_await replicas_.claim_line(key, due, now + kClaimWanted);
    if (claimed && *claimed) {
        StoredBlob object = **std::move(claimed);
        const auto mended = co_await mender_.mend(std::move(object));
        if (!mended) {
            log::warning("objects.not_made_again",
                         {{"key", key}, {"error", mended.error().message}});
        }
    }
    under_way_.erase(key);
}

}  // namespace syncwatch
