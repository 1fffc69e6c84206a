#include "adapters/sql_notices/sql_told_store.h"

#include <algorithm>
#include <utility>

namespace syncwatch::sql {
namespace {

/// A severity of a later version is not forgotten, and wakes nobody.
Severity severity_of(std::int64_t number) {
    const auto last = static_cast<std::int64_t>(Severity::News);
    return static_cast<Severity>(std::clamp<std::int64_t>(number, 0, last));
}

Told told_of(const Row& row) {
    Told told;
    told.channel = row.text(0);
    told.key = row.text(1);
    told.severity = severity_of(row.integer(2));
    told.component = row.text(3);
    told.what = row.text(4);
    told.since = from_micros(row.integer(5));
    told.at = from_micros(row.integer(6));
    return told;
}

}  // namespace

Async<std::vector<Told>> SqlToldStore::of(std::string channel) {
    auto work = [channel = std::move(channel)](Connection& db) {
        return db.query(
            "SELECT channel, key, severity, component, what, since, told_at FROM told"
            " WHERE channel = ? ORDER BY key",
            told_of, channel);
    };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlToldStore::keep(Told told) {
    auto work = [told = std::move(told)](Connection& db) -> Result<> {
        SW_CHECK(
            db.run("INSERT INTO told (channel, key, severity, component, what, since, told_at)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, key) DO UPDATE"
                   " SET severity = excluded.severity, component = excluded.component,"
                   " what = excluded.what, since = excluded.since, told_at = excluded.told_at",
                   told.channel, told.key, static_cast<std::int64_t>(told.severity), told.component,
                   told.what, to_micros(told.since), to_micros(told.at)));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlToldStore::forget(std::string channel, std::string key) {
    auto work = [channel = std::move(channel), key = std::move(key)](Connection& db) -> Result<> {
        SW_CHECK(db.run("DELETE FROM told WHERE channel = ? AND key = ?", channel, key));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
