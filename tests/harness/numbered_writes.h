#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "adapters/sqlite/connection.h"
#include "harness/must.h"

namespace syncwatch {

/// Writes of which a database shows how many were done, and that none is missing: each adds a row,
/// and overwrites one of a few.
struct NumberedWrites {
    static constexpr int kSlots = 11;
    static constexpr const char* kTables =
        "CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY, x BLOB);"
        "CREATE TABLE IF NOT EXISTS slot(k INTEGER PRIMARY KEY, n INTEGER NOT NULL REFERENCES "
        "t(n))";

    /// The n-th, from 1.
    static std::string nth(int n) {
        return fmt::format(
            "INSERT INTO t VALUES({0}, randomblob({1}));"
            "INSERT OR REPLACE INTO slot VALUES({2}, {0})",
            n, 100 + n * 37 % 3000, n % kSlots);
    }
    /// How many are in it. -1: it is not as it was after any number of them.
    static int in(const std::filesystem::path& file) {
        auto db = must(sqlite::Connection::open(file, sqlite::Connection::Mode::ReadOnly));
        const auto one = [&db](std::string_view sql) {
            return must(db.query_one(sql, [](const sql::Row& row) { return row.integer(0); }))
                .value_or(0);
        };
        if (one("SELECT count(*) FROM sqlite_schema WHERE name = 'slot'") == 0) return 0;
        const std::int64_t count = one("SELECT count(*) FROM t");
        std::int64_t in_slots = 0;
        for (auto n = count; n > 0 && n > count - kSlots; --n) in_slots += n;
        const bool is_whole = one("SELECT coalesce(max(n), 0) FROM t") == count &&
                              one("SELECT coalesce(sum(n), 0) FROM slot") == in_slots;
        return is_whole ? static_cast<int>(count) : -1;
    }
};

}  // namespace syncwatch
