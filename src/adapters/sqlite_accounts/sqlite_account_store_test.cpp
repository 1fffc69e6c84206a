#include "adapters/sqlite_accounts/sqlite_account_store.h"

#include <gtest/gtest.h>

#include "adapters/sqlite_accounts/sqlite_audit_log.h"
#include "contract/account_store_contract.h"
#include "harness/manual_clock.h"
#include "harness/temp_database.h"

namespace syncwatch {
namespace {

struct MadeSqliteAccounts {
    AccountStore& accounts() { return store; }
    TempDatabase database;
    sqlite::SqliteAccountStore store{database.get()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, AccountStoreContract, MadeSqliteAccounts);

Result<std::vector<std::string>> actions(sqlite::Database& database) {
    auto work = [](sqlite::Connection& db) {
        return db.query("SELECT action || ' ' || subject FROM audit ORDER BY id",
                        [](const sqlite::Row& row) { return row.text(0); });
    };
    return run_to_end(database.read(std::move(work)));
}

TEST(SqliteAuditLogTest, EntriesStayInOrderUntilTheyAreForgotten) {
    TempDatabase database;
    ManualClock clock;
    sqlite::SqliteAuditLog log(database.get(), clock);
    ASSERT_TRUE(run_to_end(log.record({"u1", "192.0.2.1", "session.started", "u1"})));
    clock.advance(std::chrono::hours(1));
    ASSERT_TRUE(run_to_end(log.record({"u1", "192.0.2.1", "room.deleted", "7K3F9-QZ01M"})));
    EXPECT_EQ(actions(database.get()).value(),
              (std::vector<std::string>{"session.started u1", "room.deleted 7K3F9-QZ01M"}));
    ASSERT_TRUE(run_to_end(log.forget(clock.wall())));
    EXPECT_EQ(actions(database.get()).value(),
              (std::vector<std::string>{"room.deleted 7K3F9-QZ01M"}));
}

}  // namespace
}  // namespace syncwatch
