#pragma once
#include "adapters/sql/database.h"
#include "ports/told_store.h"

namespace syncwatch::sql {

/// What was told, in a table of that name.
class SqlToldStore final : public ToldStore {
public:
    explicit SqlToldStore(Database& database) : database_(database) {}

    Async<std::vector<Told>> of(std::string channel) override;
    Async<> keep(Told told) override;
    Async<> forget(std::string channel, std::string key) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
