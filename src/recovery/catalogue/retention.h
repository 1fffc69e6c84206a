#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recovery/catalogue/record.h"
#include "recovery/plan/plan.h"

namespace syncwatch::recovery {

/// How long backups of a component are kept.
struct Retention {
    std::optional<std::chrono::seconds> keep;  ///< nullopt: for ever.
    std::uint64_t keep_full = 2;               ///< So many at least, however old.

    bool operator==(const Retention&) const = default;
};

/// What the plan calls the component that the catalogue has as `component`: "database" is "pg" or
/// "sqlite" there.
std::string planned_name(std::string_view component);

/// As the plan has it for backups of `component`. Of what the
/// plan does not name everything is kept.
Retention retention_of(const Plan& plan, std::string_view component);

/// All that is known of one component's backups.
struct BackupHistory {
    std::vector<BackupRecord> records;
    std::vector<Verification> verifications;
    std::set<BackupId> pinned;
    /// Why nothing of it goes now, whatever its age: who reads, say.
    std::vector<std::string> held_by;
};

/// A backup that stays, and every reason for that, as `expire --dry-run` says it.
struct Stay {
    BackupId backup;
    std::vector<std::string> why;

    bool operator==(const Stay&) const = default;
};

struct Expiry {
    std::vector<Stay> stays;     ///< As the history has them.
    std::vector<BackupId> goes;  ///< What stands on another goes before it.
};

/// What may go, and what has to stay and why. Kept are: all from within the time that is to be
/// kept; what its moments need, the newest full backup from before it included; the last full ones;
/// the last that was found sound, and the last that was restored; what is pinned; and whatever any
/// of these stands on; and while something holds it, everything. Every moment of that time that
/// could be brought back still can.
Expiry expire(const BackupHistory& history, const Retention& retention, WallTime now);

}  // namespace syncwatch::recovery
