#pragma once
#include <optional>
#include <string>

#include "adapters/sql/database.h"
#include "ports/lease_store.h"

namespace syncwatch::sql {

/// Leases in a table of that name.
class SqlLeaseStore final : public LeaseStore {
public:
    explicit SqlLeaseStore(Database& database) : database_(database) {}

    Async<bool> hold(std::string name, std::string holder, WallTime now,
                     std::chrono::seconds span) override;
    Async<std::optional<std::string>> holder(std::string name, WallTime now) override;
    Async<> release(std::string name, std::string holder) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
