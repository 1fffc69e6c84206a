#pragma once
#include "adapters/sql/database.h"
#include "ports/time_reference.h"

namespace syncwatch::postgres {

/// The clock of the database server.
class PostgresTime final : public TimeReference {
public:
    explicit PostgresTime(sql::Database& database) : database_(database) {}

    Async<WallTime> read() override;

private:
    sql::Database& database_;
};

}  // namespace syncwatch::postgres
