#include "adapters/sqlite_rooms/sqlite_room_store.h"

#include <gtest/gtest.h>

#include "adapters/sqlite_accounts/sqlite_account_store.h"
#include "contract/room_store_contract.h"
#include "harness/temp_database.h"

namespace syncwatch {
namespace {

struct MadeSqliteRooms {
    RoomStore& rooms() { return store; }
    AccountStore& accounts() { return account_store; }
    TempDatabase database;
    sqlite::SqliteRoomStore store{database.get()};
    sqlite::SqliteAccountStore account_store{database.get()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, RoomStoreContract, MadeSqliteRooms);

}  // namespace
}  // namespace syncwatch
