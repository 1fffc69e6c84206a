#include "adapters/postgres/postgres_time.h"

namespace syncwatch::postgres {

Async<WallTime> PostgresTime::read() {
    auto work = [](sql::Connection& db) -> Result<WallTime> {
        SW_TRY(
            const auto shown,
            db.query_one("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
                         [](const sql::Row& row) { return row.time(0); }));
        return shown.value();
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace syncwatch::postgres
