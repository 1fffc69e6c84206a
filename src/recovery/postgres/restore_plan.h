#pragma once
#include <optional>
#include <string>
#include <vector>

#include "recovery/postgres/reach.h"

namespace syncwatch::recovery {

/// What is to be brought back.
struct PgWish {
    DatabaseBackups::Target target;
    std::optional<std::uint32_t> timeline;  ///< nullopt: the only one there is.
    /// The backup to begin with: its engine's label, or the beginning of the id in its record;
    /// empty: the best.
    std::string backup;
};

/// How that is done.
struct PgRestorePlan {
    std::size_t repository = 0;
    std::string repository_name;
    DatabaseBackups::Backup backup;
    std::uint32_t timeline = 1;
    DatabaseBackups::Target target;
    wal::Lsn log_to;                ///< As far as the log reaches.
    std::optional<WallTime> until;  ///< A moment that it reaches for sure.
    /// Nobody can say beforehand that the log has it: PostgreSQL refuses to start where it has not.
    bool is_promised = true;
};

/// Chooses repository and backup: the nearest and newest that leads there. Errors: Conflict (reason
/// "which_timeline": there are several, and none was named; the message shows them; reason
/// "several_backups": the beginning is that of more than one), NotFound (reason "no_such_backup",
/// or "moment_unreachable"; the message says what can be reached).
Result<PgRestorePlan> plan_pg_restore(const std::vector<PgShelf>& shelves, const PgWish& wish);

/// "2026-… to 2026-…; …", or that nothing can be brought back.
std::string describe_windows(const std::vector<Window>& windows);

}  // namespace syncwatch::recovery
