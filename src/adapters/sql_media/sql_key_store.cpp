#include "adapters/sql_media/sql_key_store.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"

namespace syncwatch::sql {

Async<KeyStore::Key> SqlKeyStore::key(std::string name, Key fresh) {
    auto work = [name = std::move(name), fresh](Connection& db) -> Result<Key> {
        SW_CHECK(
            db.run("INSERT INTO installation (key, value) VALUES (?, ?)"
                   " ON CONFLICT DO NOTHING",
                   name, encode_hex(fresh)));
        SW_TRY(const auto stored, db.query_one(
                                      "SELECT value FROM installation WHERE key = ?",
                                      [](const Row& row) { return row.text(0); }, name));
        const auto bytes = decode_hex(stored.value_or(""));
        Key key{};
        if (!bytes || bytes->size() != key.size()) {
            return fail(ErrorCode::Corrupt, "the stored key \"" + name + "\" is damaged");
        }
        std::ranges::copy(*bytes, key.begin());
        return key;
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
