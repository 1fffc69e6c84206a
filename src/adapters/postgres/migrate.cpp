#include "adapters/postgres/migrate.h"

#include <fmt/format.h>

namespace syncwatch::postgres {
namespace {

/// Of pg_advisory_xact_lock: "syncwatch" in few bytes; nobody else's by convention alone.
constexpr std::int64_t kMigrationLock = 0x73796e63'77617463;

Result<bool> is_new(Connection& connection) {
    SW_TRY(const auto found,
           connection.query_one("SELECT to_regclass('schema_steps') IS NULL",
                                [](const sql::Row& row) { return row.boolean(0); }));
    return found.value_or(true);
}

Result<int> version_of(Connection& connection) {
    SW_TRY(const bool new_database, is_new(connection));
    if (new_database) return 0;
    SW_TRY(const auto version,
           connection.query_one("SELECT coalesce(max(version), 0) FROM schema_steps",
                                [](const sql::Row& row) { return row.integer(0); }));
    return static_cast<int>(version.value_or(0));
}

/// One transaction for everything: PostgreSQL takes back schemas, too.
std::string script_of(std::span<const sql::Migration> steps, int version) {
    std::string script =
        "CREATE TABLE IF NOT EXISTS schema_steps (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
        " applied_at TIMESTAMPTZ NOT NULL DEFAULT now());";
    for (const sql::Migration& step : steps) {
        if (step.version <= version) continue;
        script += step.sql;
        script += fmt::format(";INSERT INTO schema_steps (version, name) VALUES ({}, '{}');",
                              step.version, step.name);
    }
    return script;
}

Result<std::vector<std::string>> apply_missing(Connection& connection,
                                               std::span<const sql::Migration> steps) {
    SW_CHECK(
        connection.script(fmt::format("BEGIN; SELECT pg_advisory_xact_lock({})", kMigrationLock)));
    SW_TRY(const int version, version_of(connection));
    const int newest = steps.empty() ? 0 : steps.back().version;
    if (version > newest) {
        return fail(ErrorCode::Conflict,
                    fmt::format("the database has schema {}, this program knows up to {}: "
                                "use the newer program",
                                version, newest),
                    "newer_schema");
    }
    std::vector<std::string> applied;
    for (const sql::Migration& step : steps) {
        if (step.version > version) applied.emplace_back(step.name);
    }
    if (!applied.empty()) SW_CHECK(connection.script(script_of(steps, version)));
    SW_CHECK(connection.script("COMMIT"));
    return applied;
}

}  // namespace

Result<int> schema_version(Connection& connection) {
    return version_of(connection);
}

Result<std::vector<std::string>> migrate(Connection& connection,
                                         std::span<const sql::Migration> steps) {
    auto applied = apply_missing(connection, steps);
    if (!applied) (void)connection.script("ROLLBACK");
    return applied;
}

Result<> require_schema(Connection& connection) {
    SW_TRY(const int version, version_of(connection));
    const int needed = schema().empty() ? 0 : schema().back().version;
    if (version == 0 || version >= needed) return {};
    return fail(ErrorCode::Conflict,
                fmt::format("the database has schema {}, this program needs {}", version, needed),
                "older_schema");
}

}  // namespace syncwatch::postgres
