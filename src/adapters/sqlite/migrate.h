#pragma once
#include <span>
#include <string>
#include <vector>

#include "adapters/sql/migration.h"
#include "adapters/sqlite/connection.h"

namespace syncwatch::sqlite {

/// Every step this program knows, in order (schema/*.sql).
std::span<const sql::Migration> schema();

/// Brings the database to the newest schema; gives the names of the steps applied. Each step and
/// its version commit together; two processes that start at once take turns.
/// Errors: Conflict when the database is newer than this program.
Result<std::vector<std::string>> migrate(Connection& connection,
                                         std::span<const sql::Migration> steps = schema());

/// The version the database stands at, 0 when it is new.
Result<int> schema_version(Connection& connection);

}  // namespace syncwatch::sqlite
