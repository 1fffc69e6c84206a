#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/database_backups.h"
#include "recovery/window/window.h"

namespace syncwatch::recovery {

/// All that one repository has of PostgreSQL.
struct PgShelf {
    std::size_t repository = 0;
    std::string name;  ///< As the plan calls it.
    std::vector<DatabaseBackups::Backup> backups;
    DatabaseBackups::Log log;
    /// The last commit in the log of a timeline, where it is known.
    std::map<std::uint32_t, WallTime> last_commits;
};

/// Reads one. `with_times`: also when timelines end, for which a piece of each is brought.
Async<PgShelf> read_shelf(DatabaseBackups& engine, std::size_t repository, bool with_times);

/// A timeline and all that it came from, the oldest first. Empty: one of them is not known.
std::vector<const DatabaseBackups::Timeline*> way_to(const DatabaseBackups::Log& log,
                                                     std::uint32_t timeline);

/// How far the log can be replayed on a backup, along one timeline.
struct PgReach {
    wal::Lsn to;
    bool is_whole = false;          ///< The log that the backup itself needs is there.
    bool to_the_end = false;        ///< Nothing of the timeline is missing between.
    std::optional<WallTime> until;  ///< A moment that is reached for sure; nullopt: none is known.
    /// Nothing after it is reached; nullopt: `until` is all there is.
    std::optional<WallTime> perhaps;
};
/// nullopt: the timeline does not come from where the backup was made.
std::optional<PgReach> reach_of(const PgShelf& shelf, const DatabaseBackups::Backup& backup,
                                std::uint32_t timeline);

/// The first moment that a backup can be brought back to: it is whole from its end on, which is
/// told to the second.
WallTime whole_from(const DatabaseBackups::Backup& backup);

/// The moments that can be brought back, along any timeline, joined.
std::vector<Window> windows_of(const PgShelf& shelf);

/// Holes in the log from `from` on, of timelines that something was kept of: "0000…05 to 0000…07".
std::vector<std::string> holes_in(const DatabaseBackups::Log& log, wal::Lsn from = {});

/// The timelines, one a line, with where each left another: for whoever has to name one.
std::string describe_timelines(const DatabaseBackups::Log& log);

}  // namespace syncwatch::recovery
