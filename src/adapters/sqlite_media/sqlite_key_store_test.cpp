#include "adapters/sqlite_media/sqlite_key_store.h"

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/temp_database.h"

namespace syncwatch {
namespace {

KeyStore::Key filled(std::uint8_t byte) {
    KeyStore::Key key{};
    key.fill(byte);
    return key;
}

TEST(SqliteKeyStoreTest, TheFirstKeyOfANameStays) {
    TempDatabase database;
    sqlite::SqliteKeyStore keys(database.get());
    EXPECT_EQ(run_to_end(keys.key("media_key", filled(0xab))).value(), filled(0xab));
    EXPECT_EQ(run_to_end(keys.key("media_key", filled(2))).value(), filled(0xab));
    EXPECT_EQ(run_to_end(keys.key("other", filled(3))).value(), filled(3));
}

TEST(SqliteKeyStoreTest, ADamagedKeyIsSaidAndNotReplaced) {
    TempDatabase database;
    auto damage = [](sqlite::Connection& db) {
        return db.run("INSERT INTO installation (key, value) VALUES ('media_key', 'abc')");
    };
    ASSERT_TRUE(run_to_end(database.get().write(std::move(damage))));
    sqlite::SqliteKeyStore keys(database.get());
    EXPECT_EQ(run_to_end(keys.key("media_key", filled(1))).error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace syncwatch
