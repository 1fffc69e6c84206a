#include "contract/account_store_contract.h"
#include "contract/chat_store_contract.h"
#include "contract/job_store_contract.h"
#include "contract/object_ledger_contract.h"
#include "contract/playback_store_contract.h"
#include "contract/queue_store_contract.h"
#include "contract/replica_ledger_contract.h"
#include "contract/room_store_contract.h"
#include "contract/trash_contract.h"
#include "contract/upload_store_contract.h"
#include "contract/video_store_contract.h"
#include "harness/temp_database.h"
#include "stores/job_priority.h"
#include "stores/made_sql_stores.h"
#include "stores/part_store.h"
#include "stores/small_tables.h"

namespace syncwatch {
namespace {

using Made = MadeSqlStores<TempDatabase>;

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, AccountStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, RoomStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ChatStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, QueueStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, PlaybackStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, UploadStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, VideoStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, TrashContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ObjectLedgerContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ReplicaLedgerContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobPriority, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, PartsOfFilms, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, SmallTables, TempDatabase);

}  // namespace
}  // namespace syncwatch
