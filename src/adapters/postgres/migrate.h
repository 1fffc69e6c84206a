#pragma once
#include <span>
#include <string>
#include <vector>

#include "adapters/postgres/connection.h"
#include "adapters/sql/migration.h"

namespace syncwatch::postgres {

/// Every step this program knows, in order (schema/*.sql).
std::span<const sql::Migration> schema();

/// Brings the database to the newest schema; gives the names of the steps applied. All steps
/// commit together; several nodes that start at once take turns (an advisory lock).
/// Errors: Conflict (reason "newer_schema"), Unavailable.
Result<std::vector<std::string>> migrate(Connection& connection,
                                         std::span<const sql::Migration> steps = schema());

/// Refuses a database that is not new and older than this program. Errors: Conflict (reason
/// "older_schema"), Unavailable.
Result<> require_schema(Connection& connection);

/// The version the database stands at, 0 when it is new.
Result<int> schema_version(Connection& connection);

}  // namespace syncwatch::postgres
