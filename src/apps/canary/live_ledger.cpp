#include "apps/canary/live_ledger.h"

#include <cstdint>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/settings.h"
#include "adapters/sqlite/connection.h"

namespace syncwatch::apps {
namespace {

std::optional<bool> is_in(sql::Connection& database, const std::string& key) {
    const auto found = database.query_one(
        "SELECT count(*) FROM objects WHERE key = ?",
        [](const sql::Row& row) { return row.integer(0); }, key);
    if (!found || !*found) return std::nullopt;
    return **found > 0;
}

}  // namespace

std::optional<bool> is_still_wanted(const config::Settings& settings, const std::string& key) {
    if (settings.postgres.on()) {
        postgres::Settings wanted;
        wanted.url = settings.postgres.url;
        wanted.password = settings.secret("database.password", settings.postgres.password);
        auto opened = postgres::Connection::open(wanted);
        if (!opened) return std::nullopt;
        return is_in(**opened, key);
    }
    auto opened =
        sqlite::Connection::open(settings.database_path(), sqlite::Connection::Mode::ReadOnly);
    if (!opened) return std::nullopt;
    return is_in(*opened, key);
}

}  // namespace syncwatch::apps
