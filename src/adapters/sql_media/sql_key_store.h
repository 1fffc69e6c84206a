#pragma once
#include "adapters/sql/database.h"
#include "ports/key_store.h"

namespace syncwatch::sql {

/// Signing keys in the table `installation`, in hexadecimal.
class SqlKeyStore final : public KeyStore {
public:
    explicit SqlKeyStore(Database& database) : database_(database) {}

    Async<Key> key(std::string name, Key fresh) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
