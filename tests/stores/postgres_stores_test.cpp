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
#include "harness/postgres_database.h"
#include "stores/job_priority.h"
#include "stores/made_sql_stores.h"
#include "stores/part_store.h"
#include "stores/small_tables.h"

namespace syncwatch {
namespace {

using Made = MadeSqlStores<PostgresDatabase>;

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, AccountStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, RoomStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, ChatStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, QueueStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, PlaybackStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, UploadStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, VideoStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, TrashContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, ObjectLedgerContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, JobStoreContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, ReplicaLedgerContract, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, JobPriority, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, PartsOfFilms, Made);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, SmallTables, PostgresDatabase);

}  // namespace
}  // namespace syncwatch
