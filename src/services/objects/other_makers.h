#pragma once
#include <string>

#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/replica_ledger.h"
#include "services/objects/making_queue.h"

namespace syncwatch {

/// The maker of a process that makes nothing itself: asks those that do, over the bus, and looks
/// into the ledger until one of them has made it. That several hear of it costs nothing: they
/// settle in the ledger who does it (WantedObjects).
class OtherMakers final : public ObjectMaker {
public:
    /// All outlive it. Waits on `executor`.
    OtherMakers(ReplicaLedger& replicas, Bus& bus, Clock& clock, net::any_io_executor executor);

    void start() { queue_.start(); }
    /// On the executor.
    net::awaitable<void> end() { return queue_.end(); }

    Async<> make_again(std::string key, Instant deadline) override {
        return queue_.make_again(std::move(key), deadline);
    }

private:
    Async<> wait_for(std::string key);

    ReplicaLedger& replicas_;
    Bus& bus_;
    Clock& clock_;
    MakingQueue queue_;
};

}  // namespace syncwatch
