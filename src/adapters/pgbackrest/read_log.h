#pragma once
#include <optional>

#include "adapters/pgbackrest/engine.h"
#include "adapters/pgbackrest/log_listing.h"
#include "ports/database_backups.h"

namespace syncwatch::pgbackrest {

/// All files of the log that a repository has.
Async<LogListing> list_log(const Engine& engine, std::size_t repository);

/// The log that a repository holds, of the database as it is now.
Async<DatabaseBackups::Log> read_log(const Engine& engine, std::size_t repository);

/// When the last transaction of a timeline committed, by the log itself: the last pieces of it are
/// brought and looked through. nullopt: none did in those, or there is no data folder here, without
/// which pgBackRest brings no log.
Async<std::optional<WallTime>> read_last_commit(const Engine& engine, std::size_t repository,
                                                std::uint32_t timeline);

/// The time of the last commit that pg_waldump printed, in UTC. nullopt: there is none.
std::optional<WallTime> last_commit_in(std::string_view dump);

}  // namespace syncwatch::pgbackrest
