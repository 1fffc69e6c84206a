#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/time.h"
#include "ports/blob_store.h"

namespace syncwatch {

/// What somebody noticed about the copies of an object.
enum class ObjectFault : std::uint8_t {
    None,
    Damaged,  ///< A store lacks a whole copy: to be repaired.
    Lost,     ///< There is no whole copy anywhere, and nothing to make it from.
};

/// A line of the object ledger with what is known of the object's copies.
struct LedgerLine {
    StoredBlob object;
    WallTime created_at{};
    std::optional<WallTime> replicated_at;  ///< When it came into the second store.
    std::optional<WallTime> verified_at;    ///< When every copy was last read back and was whole.
    ObjectFault fault = ObjectFault::None;
};

/// What still has to come into the second store.
struct ReplicaBacklog {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    std::optional<WallTime> oldest;  ///< When the one that waits longest was written.
};

/// How much of what the ledger says was looked at.
struct LedgerCoverage {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    std::uint64_t verified_objects = 0;  ///< Of them, since the instant that was asked for.
    std::uint64_t verified_bytes = 0;
    std::optional<WallTime> oldest;  ///< The look that is longest ago; none: one never was.
    std::optional<WallTime> newest;  ///< The last look; none: there never was one.
    std::uint64_t damaged = 0;
    std::uint64_t lost = 0;
};

/// What the object ledger knows of copies: which objects are in the second store, when they were
/// read back, which want repair. Several processes share the work: a claim keeps a line from the
/// others until `until`, also from other kinds of claims. A line is gone or new when its object was
/// removed or replaced: notes about an object whose SHA-256 is not the line's any more change
/// nothing.
///
/// All fail with Unavailable (component "database").
/// All pass tests/contract/replica_ledger_contract.h.
class ReplicaLedger {
public:
    enum class Copies : std::uint8_t { One, Two };

    virtual ~ReplicaLedger() = default;

    /// The second store is the one of this name. Another one than last time: nothing counts as
    /// replicated; true then.
    virtual Async<bool> use_second(std::string name) = 0;

    virtual Async<std::optional<LedgerLine>> find_line(std::string key) = 0;
    /// Without a copy in the second store, the oldest first. Not those with a fault.
    virtual Async<std::vector<StoredBlob>> claim_unreplicated(int limit, WallTime now,
                                                              WallTime until) = 0;
    /// Not looked at since `before`, the one whose look is longest ago first. Not those with a
    /// fault.
    virtual Async<std::vector<StoredBlob>> claim_unverified(int limit, WallTime before,
                                                            WallTime now, WallTime until) = 0;
    /// With a fault, by key.
    virtual Async<std::vector<StoredBlob>> claim_faulty(int limit, WallTime now,
                                                        WallTime until) = 0;
    /// This line alone, if it has a fault.
    virtual Async<std::optional<StoredBlob>> claim_line(std::string key, WallTime now,
                                                        WallTime until) = 0;
    /// Gives a line back: not to be claimed before `until`.
    virtual Async<> postpone(StoredBlob object, WallTime until) = 0;

    /// Its copy in the second store is whole. False: nobody wants it any more, so the copy is to
    /// go.
    virtual Async<bool> note_replicated(StoredBlob object, WallTime now) = 0;
    /// So many stores were read back, all that there are, and each has it whole. Ends its fault.
    virtual Async<> note_verified(StoredBlob object, Copies copies, WallTime now) = 0;
    virtual Async<> note_fault(StoredBlob object, ObjectFault fault, WallTime until) = 0;
    /// The ledger has it as it is said, and it is not doomed.
    virtual Async<bool> is_wanted(StoredBlob object) = 0;

    virtual Async<ReplicaBacklog> backlog() = 0;
    virtual Async<LedgerCoverage> coverage(WallTime since) = 0;
    /// With a fault, by key.
    virtual Async<std::vector<LedgerLine>> faulty(int limit) = 0;
    /// Everything under `prefix` + "/" with a key behind `after`, by the bytes of their keys.
    virtual Async<std::vector<LedgerLine>> lines(std::string prefix, std::string after,
                                                 int limit) = 0;
    /// Those of the keys (some hundreds at most) that neither have a line nor are doomed, nor were
    /// left behind: nobody knows of them.
    virtual Async<std::vector<std::string>> unknown_of(std::vector<std::string> keys) = 0;
};

}  // namespace syncwatch
