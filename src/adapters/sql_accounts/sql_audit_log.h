#pragma once
#include "adapters/sql/database.h"
#include "ports/audit_log.h"
#include "ports/clock.h"

namespace syncwatch::sql {

/// The audit log in an SQL database.
class SqlAuditLog final : public AuditLog {
public:
    SqlAuditLog(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    Async<> record(AuditEntry entry) override;
    Async<> forget(WallTime before) override;

private:
    Database& database_;
    const Clock& clock_;
};

}  // namespace syncwatch::sql
