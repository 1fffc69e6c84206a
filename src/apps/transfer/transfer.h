#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "adapters/postgres/connection.h"
#include "adapters/sqlite/connection.h"
#include "base/result.h"

namespace syncwatch::transfer {

/// How many rows of a table were moved.
struct MovedTable {
    std::string name;
    std::int64_t rows = 0;
};

/// Copies everything that an embedded installation knows into an empty PostgreSQL database with
/// the same schema, and compares each row with what PostgreSQL kept of it. Whole or not at all; the
/// source is read and stays as it is. Films are no rows: their files are not moved.
/// `on_table`: after each table. Errors: Conflict (reason "not_empty": there is data already,
/// "older_schema"), Corrupt (a row came out differently: says which), Unavailable.
Result<std::vector<MovedTable>> move_installation(
    sqlite::Connection& from, postgres::Connection& to,
    const std::function<void(const MovedTable&)>& on_table);

}  // namespace syncwatch::transfer
