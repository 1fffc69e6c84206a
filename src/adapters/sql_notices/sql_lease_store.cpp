#include "adapters/sql_notices/sql_lease_store.h"

#include <utility>

namespace syncwatch::sql {

Async<bool> SqlLeaseStore::hold(std::string name, std::string holder, WallTime now,
                                std::chrono::seconds span) {
    auto work = [name = std::move(name), holder = std::move(holder), now,
                 span](Connection& db) -> Result<bool> {
        SW_TRY(const auto rows,
               db.run("INSERT INTO leases (name, holder, held_until) VALUES (?, ?, ?)"
                      " ON CONFLICT (name) DO UPDATE"
                      " SET holder = excluded.holder, held_until = excluded.held_until"
                      " WHERE leases.holder = excluded.holder OR leases.held_until <= ?",
                      name, holder, to_micros(now + span), to_micros(now)));
        return rows > 0;
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::optional<std::string>> SqlLeaseStore::holder(std::string name, WallTime now) {
    auto work = [name = std::move(name), now](Connection& db) {
        return db.query_one(
            "SELECT holder FROM leases WHERE name = ? AND held_until > ?",
            [](const Row& row) { return row.text(0); }, name, to_micros(now));
    };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlLeaseStore::release(std::string name, std::string holder) {
    auto work = [name = std::move(name), holder = std::move(holder)](Connection& db) -> Result<> {
        SW_CHECK(db.run("DELETE FROM leases WHERE name = ? AND holder = ?", name, holder));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
