#pragma once
#include "adapters/sqlite/database.h"
#include "ports/audit_log.h"
#include "ports/clock.h"

namespace syncwatch::sqlite {

/// The audit log in the embedded database.
class SqliteAuditLog final : public AuditLog {
public:
    SqliteAuditLog(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    Async<> record(AuditEntry entry) override;
    Async<> forget(WallTime before) override;

private:
    Database& database_;
    const Clock& clock_;
};

}  // namespace syncwatch::sqlite
