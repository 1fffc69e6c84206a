#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/pgbackrest/psql.h"
#include "ports/database_backups.h"

namespace syncwatch::pgbackrest {

/// Counts the rows of tables of ours, but for those that are larger. Errors: as ask_server().
Async<DatabaseBackups::Rows> count_rows(const Engine& engine, Door door, std::uint64_t largest,
                                        std::chrono::milliseconds deadline);

/// The newest step of our schema; empty: there is none of ours. Errors: as ask_server().
Async<std::string> schema_version(const Engine& engine, Door door,
                                  std::chrono::milliseconds deadline);

/// Checks all that tables of ours promise anew, for a server that is thrown away: foreign keys,
/// checks, keys, and columns that are never null. Gives what does not hold, in PostgreSQL's words,
/// which name tables and constraints and no values. Errors: as ask_server().
Async<std::vector<std::string>> recheck_constraints(const Engine& engine, Door door,
                                                    std::chrono::milliseconds deadline);

}  // namespace syncwatch::pgbackrest
