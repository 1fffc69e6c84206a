#include "adapters/sql_accounts/sql_audit_log.h"

#include <utility>

namespace syncwatch::sql {

Async<> SqlAuditLog::record(AuditEntry entry) {
    auto work = [at = clock_.wall(), entry = std::move(entry)](Connection& db) -> Result<> {
        SW_CHECK(
            db.run("INSERT INTO audit (at, actor, address, action, subject, detail)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
                   at, entry.actor, entry.address, entry.action, entry.subject, entry.detail));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlAuditLog::forget(WallTime before) {
    auto work = [before](Connection& db) -> Result<> {
        SW_CHECK(db.run("DELETE FROM audit WHERE at < ?", before));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
