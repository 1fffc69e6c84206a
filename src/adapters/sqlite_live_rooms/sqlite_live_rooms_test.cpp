#include <gtest/gtest.h>

#include "adapters/sqlite_accounts/sqlite_account_store.h"
#include "adapters/sqlite_live_rooms/sqlite_chat_store.h"
#include "adapters/sqlite_live_rooms/sqlite_playback_store.h"
#include "adapters/sqlite_live_rooms/sqlite_queue_store.h"
#include "adapters/sqlite_rooms/sqlite_room_store.h"
#include "contract/chat_store_contract.h"
#include "contract/playback_store_contract.h"
#include "contract/queue_store_contract.h"
#include "harness/temp_database.h"

namespace syncwatch {
namespace {

struct MadeSqliteLiveRooms {
    AccountStore& accounts() { return account_store; }
    RoomStore& rooms() { return room_store; }
    ChatStore& chat() { return chat_store; }
    QueueStore& queues() { return queue_store; }
    PlaybackStore& playback() { return playback_store; }

    TempDatabase database;
    sqlite::SqliteAccountStore account_store{database.get()};
    sqlite::SqliteRoomStore room_store{database.get()};
    sqlite::SqliteChatStore chat_store{database.get()};
    sqlite::SqliteQueueStore queue_store{database.get()};
    sqlite::SqlitePlaybackStore playback_store{database.get()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ChatStoreContract, MadeSqliteLiveRooms);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, QueueStoreContract, MadeSqliteLiveRooms);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, PlaybackStoreContract, MadeSqliteLiveRooms);

}  // namespace
}  // namespace syncwatch
