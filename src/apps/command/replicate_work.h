#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ports/clock.h"
#include "ports/replica_ledger.h"
#include "services/objects/object_mender.h"
#include "services/objects/pace.h"

namespace syncwatch::apps {

/// What an operator sets going at once: copies, looks and repairs of all objects that want it, some
/// at a time. What nodes have claimed meanwhile is theirs.
class ReplicateWork {
public:
    enum class Kind : std::uint8_t {
        Copy,       ///< What is not in the second store yet.
        Look,       ///< Everything, the oldest look first; repairs nothing.
        Repair,     ///< What is known to be faulty.
        RepairAll,  ///< Everything, as Look.
    };
    struct Options {
        Kind kind = Kind::Copy;
        std::uint64_t rate = 0;                     ///< Bytes per second; 0: as fast as it goes.
        std::optional<std::chrono::seconds> limit;  ///< Begins nothing after this.
    };
    /// What became of the objects.
    struct Tally {
        std::uint64_t objects = 0;  ///< That were looked at or copied.
        std::uint64_t bytes = 0;
        std::uint64_t repaired = 0;
        std::uint64_t faulty = 0;
        std::uint64_t lost = 0;
        std::uint64_t failed = 0;
        std::string why;                ///< Of the last that failed.
        std::vector<std::string> keys;  ///< Some of those that are faulty or lost.
        bool timed_out = false;         ///< There may be more.
        bool is_away = false;           ///< A store or the database does not answer.
    };
    using OnProgress = std::function<void(const Tally& so_far)>;

    /// All outlive this.
    ReplicateWork(ObjectMender& mender, ReplicaLedger& replicas, Clock& clock, Options options,
                  OnProgress on_progress);

    /// Until nothing is left.
    net::awaitable<Tally> run();

private:
    net::awaitable<void> work();
    Async<std::vector<StoredBlob>> claim();
    net::awaitable<void> handle(StoredBlob object);
    void count(const std::string& key, ObjectMender::Outcome outcome);

    ObjectMender& mender_;
    ReplicaLedger& replicas_;
    Clock& clock_;
    const Options options_;
    const OnProgress on_progress_;
    const Instant begun_;
    const WallTime began_at_;
    Pace pace_;
    Tally tally_;
    std::uint64_t in_vain_ = 0;  ///< Failures in a row.
};

}  // namespace syncwatch::apps
