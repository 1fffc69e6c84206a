#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

#include "ports/clock.h"
#include "ports/replica_ledger.h"
#include "services/objects/object_mender.h"
#include "services/objects/pace.h"

namespace syncwatch {

/// What keeps two stores alike while the server runs: copies what was written, repairs what was
/// found faulty, and reads everything back in time, the oldest look first. All of it is claimed in
/// the ledger, so several nodes share it and any of them may end at any time. All tasks on one
/// executor; each until it is cancelled.
class Replicator {
public:
    struct Options {
        bool has_second = false;
        std::uint64_t copy_rate = 0;   ///< Bytes per second of copies; 0: as fast as it goes.
        std::uint64_t audit_rate = 0;  ///< The same of what is read back, in each store.
        std::chrono::seconds audit_every = std::chrono::hours(30 * 24);
        std::chrono::milliseconds poll{1000};
    };
    /// As of the last look.
    struct Figures {
        ReplicaBacklog backlog;
        LedgerCoverage coverage;
        WallTime at{};
    };

    /// `mender`, `replicas` and `clock` outlive this.
    Replicator(ObjectMender& mender, ReplicaLedger& replicas, Clock& clock, Options options);

    /// Copies what is new. May run several times at once.
    net::awaitable<void> copy();
    net::awaitable<void> repair();
    net::awaitable<void> audit();
    /// Keeps figures() fresh.
    net::awaitable<void> watch();

    /// A fault was noted: look at it now. Safe from any thread.
    void wake() { woken_ = true; }
    /// Safe from any thread.
    Figures figures() const;

private:
    Async<bool> copy_some();
    Async<bool> audit_some();
    Async<> repair_some();
    net::awaitable<void> give_back(std::vector<StoredBlob> rest);
    net::awaitable<void> sleep(std::chrono::milliseconds span);
    net::awaitable<void> pause_after(Pace& pace, std::uint64_t bytes);

    ObjectMender& mender_;
    ReplicaLedger& replicas_;
    Clock& clock_;
    const Options options_;
    Pace copy_pace_;
    Pace audit_pace_;
    std::atomic<bool> woken_{false};
    mutable std::mutex mutex_;  // Guards figures_.
    Figures figures_;
};

}  // namespace syncwatch
