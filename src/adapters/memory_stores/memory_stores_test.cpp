#include <gtest/gtest.h>

#include "adapters/memory_stores/memory_account_store.h"
#include "adapters/memory_stores/memory_chat_spool.h"
#include "adapters/memory_stores/memory_live_rooms.h"
#include "adapters/memory_stores/memory_media_store.h"
#include "adapters/memory_stores/memory_room_store.h"
#include "adapters/memory_stores/memory_sign_out_spool.h"
#include "contract/account_store_contract.h"
#include "contract/chat_spool_contract.h"
#include "contract/chat_store_contract.h"
#include "contract/job_store_contract.h"
#include "contract/object_ledger_contract.h"
#include "contract/playback_store_contract.h"
#include "contract/queue_store_contract.h"
#include "contract/replica_ledger_contract.h"
#include "contract/room_store_contract.h"
#include "contract/sign_out_spool_contract.h"
#include "contract/trash_contract.h"
#include "contract/upload_store_contract.h"
#include "contract/video_store_contract.h"

namespace syncwatch {
namespace {

struct MadeMemoryStores {
    AccountStore& accounts() { return account_store; }
    RoomStore& rooms() { return room_store; }
    ChatStore& chat() { return chat_store; }
    QueueStore& queues() { return queue_store; }
    PlaybackStore& playback() { return playback_store; }

    MemoryInstallation data;
    MemoryAccountStore account_store{data};
    MemoryRoomStore room_store{data};
    MemoryChatStore chat_store{data};
    MemoryQueueStore queue_store{data};
    MemoryPlaybackStore playback_store{data};
};

struct MadeMemoryMedia {
    VideoStore& videos() { return store; }
    UploadStore& uploads() { return store; }
    JobStore& jobs() { return store; }
    ObjectLedger& ledger() { return store; }
    ReplicaLedger& replicas() { return store; }
    void add_account(UserId id) { data.accounts[id].id = id; }
    void remove_account(UserId id) { data.remove_user(id); }

    MemoryInstallation data;
    MemoryMediaStore store{data};
};

struct MadeMemorySpool {
    ChatSpool& spool() { return kept; }
    void restart() {}

    MemoryChatSpool kept;
};

struct MadeMemorySignOuts {
    SignOutSpool& spool() { return kept; }
    void restart() {}

    MemorySignOutSpool kept{3};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, SignOutSpoolContract, MadeMemorySignOuts);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ChatSpoolContract, MadeMemorySpool);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, UploadStoreContract, MadeMemoryMedia);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, VideoStoreContract, MadeMemoryMedia);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, TrashContract, MadeMemoryMedia);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ObjectLedgerContract, MadeMemoryMedia);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, JobStoreContract, MadeMemoryMedia);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ReplicaLedgerContract, MadeMemoryMedia);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, AccountStoreContract, MadeMemoryStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, RoomStoreContract, MadeMemoryStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ChatStoreContract, MadeMemoryStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, QueueStoreContract, MadeMemoryStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, PlaybackStoreContract, MadeMemoryStores);

}  // namespace
}  // namespace syncwatch
