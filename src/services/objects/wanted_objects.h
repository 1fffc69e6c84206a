#pragma once
#include <memory>
#include <set>
#include <string>

#include "base/async/task_group.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/replica_ledger.h"
#include "services/objects/object_mender.h"

namespace syncwatch {

/// What a process that can make objects does for those that cannot (OtherMakers): hears over the
/// bus which ones somebody waits for, and mends them at once, before all that waits for repair.
/// One of several does it, by a claim in the ledger. All on one executor.
class WantedObjects {
public:
    /// Further ones are left to others, or to the next time that they are asked for.
    static constexpr std::size_t kMostAtOnce = 4;

    /// All outlive it.
    WantedObjects(ObjectMender& mender, ReplicaLedger& replicas, Bus& bus, Clock& clock,
                  net::any_io_executor executor);

    /// On the executor, as end().
    void start();
    net::awaitable<void> end();

private:
    void hear(const std::string& key);
    net::awaitable<void> mend(std::string key);

    ObjectMender& mender_;
    ReplicaLedger& replicas_;
    Bus& bus_;
    Clock& clock_;
    net::any_io_executor executor_;
    TaskGroup tasks_;
    std::set<std::string> under_way_;
    std::unique_ptr<Bus::Subscription> heard_;
};

}  // namespace syncwatch
