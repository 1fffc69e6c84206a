#include "adapters/sqlite_media/sqlite_media_store.h"

#include <gtest/gtest.h>

#include "adapters/sqlite_accounts/sqlite_account_store.h"
#include "contract/job_store_contract.h"
#include "contract/media_store_contract.h"
#include "harness/temp_database.h"

namespace syncwatch {
namespace {

struct MadeSqliteMedia {
    VideoStore& videos() { return store; }
    UploadStore& uploads() { return store; }
    JobStore& jobs() { return store; }
    ObjectLedger& ledger() { return store; }
    void add_account(UserId id) {
        Account account;
        account.id = id;
        account.display_name = "Bo";
        ASSERT_TRUE(run_to_end(accounts.add(account)));
    }
    void remove_account(UserId id) { ASSERT_TRUE(run_to_end(accounts.remove(id))); }

    TempDatabase database;
    sqlite::SqliteMediaStore store{database.get()};
    sqlite::SqliteAccountStore accounts{database.get()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, MediaStoreContract, MadeSqliteMedia);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobStoreContract, MadeSqliteMedia);

}  // namespace
}  // namespace syncwatch
