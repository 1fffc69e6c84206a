#include "adapters/sqlite/migrate.h"

#include <fmt/format.h>

namespace syncwatch::sqlite {

Result<int> schema_version(Connection& connection) {
    SW_TRY(auto version, connection.query_one("PRAGMA user_version", [](const sql::Row& row) {
        return static_cast<int>(row.integer(0));
    }));
    return version.value_or(0);
}

namespace {

Result<std::vector<std::string>> apply_missing(Connection& connection,
                                               std::span<const sql::Migration> steps) {
    SW_TRY(const int version, schema_version(connection));
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
        if (step.version <= version) continue;
        if (auto done = connection.script(step.sql); !done) {
            return fail(std::move(done).error().within(step.name));
        }
        SW_CHECK(connection.script(fmt::format("PRAGMA user_version = {}", step.version)));
        applied.emplace_back(step.name);
    }
    return applied;
}

}  // namespace

Result<std::vector<std::string>> migrate(Connection& connection,
                                         std::span<const sql::Migration> steps) {
    // The write lock comes first, so that of two starting processes one waits and finds it done.
    SW_CHECK(connection.script("BEGIN IMMEDIATE"));
    auto applied = apply_missing(connection, steps);
    if (!applied) {
        (void)connection.script("ROLLBACK");
        return applied;
    }
    SW_CHECK(connection.script("COMMIT"));
    return applied;
}

}  // namespace syncwatch::sqlite
