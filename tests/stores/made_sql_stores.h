#pragma once
#include <gtest/gtest.h>

#include "adapters/sql_accounts/sql_account_store.h"
#include "adapters/sql_live_rooms/sql_chat_store.h"
#include "adapters/sql_live_rooms/sql_playback_store.h"
#include "adapters/sql_live_rooms/sql_queue_store.h"
#include "adapters/sql_media/sql_media_store.h"
#include "adapters/sql_media/sql_replica_ledger.h"
#include "adapters/sql_rooms/sql_room_store.h"
#include "base/async/run_to_end.h"

namespace syncwatch {

/// Every store on one database of its own, for the contract suites. `Database` makes one:
/// TempDatabase or PostgresDatabase.
template <class Database>
class MadeSqlStores {
public:
    AccountStore& accounts() { return accounts_; }
    RoomStore& rooms() { return rooms_; }
    ChatStore& chat() { return chat_; }
    QueueStore& queues() { return queues_; }
    PlaybackStore& playback() { return playback_; }
    VideoStore& videos() { return media_; }
    UploadStore& uploads() { return media_; }
    JobStore& jobs() { return media_; }
    PartStore& parts() { return media_; }
    ObjectLedger& ledger() { return media_; }
    ReplicaLedger& replicas() { return replicas_; }

    void add_account(UserId id) {
        Account account;
        account.id = id;
        account.display_name = "Bo";
        ASSERT_TRUE(run_to_end(accounts_.add(account)));
    }
    void remove_account(UserId id) { ASSERT_TRUE(run_to_end(accounts_.remove(id))); }

private:
    Database database_;
    sql::SqlAccountStore accounts_{database_.get()};
    sql::SqlRoomStore rooms_{database_.get()};
    sql::SqlChatStore chat_{database_.get()};
    sql::SqlQueueStore queues_{database_.get()};
    sql::SqlPlaybackStore playback_{database_.get()};
    sql::SqlMediaStore media_{database_.get()};
    sql::SqlReplicaLedger replicas_{database_.get()};
};

}  // namespace syncwatch
