#pragma once
#include "adapters/sqlite/database.h"
#include "ports/key_store.h"

namespace syncwatch::sqlite {

/// Signing keys in the table `installation`, in hexadecimal.
class SqliteKeyStore final : public KeyStore {
public:
    explicit SqliteKeyStore(Database& database) : database_(database) {}

    Async<Key> key(std::string name, Key fresh) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sqlite
