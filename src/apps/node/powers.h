#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapters/postgres/database.h"
#include "adapters/postgres/postgres_time.h"
#include "adapters/sql_accounts/sql_account_store.h"
#include "adapters/sql_accounts/sql_audit_log.h"
#include "adapters/sql_live_rooms/sql_chat_store.h"
#include "adapters/sql_live_rooms/sql_playback_store.h"
#include "adapters/sql_live_rooms/sql_queue_store.h"
#include "adapters/sql_media/sql_key_store.h"
#include "adapters/sql_media/sql_media_store.h"
#include "adapters/sql_media/sql_replica_ledger.h"
#include "adapters/sql_rooms/sql_room_store.h"
#include "adapters/sqlite/database.h"
#include "adapters/system/argon2_hasher.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/config/settings.h"
#include "apps/node/node_bus.h"
#include "apps/node/wall_keeper.h"

namespace syncwatch::apps {

/// The adapters that the services of a node, and the commands of an operator, stand on. The one
/// place that chooses them.
struct Powers {
    /// Makes the data folder where it is missing and opens the database. Errors: as
    /// sqlite::Database::open, postgres::Database::open, Forbidden (the data folder).
    static Result<std::unique_ptr<Powers>> open(const config::Settings& settings,
                                                sql::Schema schema = sql::Schema::Migrate);

    /// One of the two pointers is the same database.
    Powers(std::unique_ptr<sql::Database> opened, postgres::Database* of_postgres,
           sqlite::Database* of_sqlite);

    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<NodeBus> node_bus;
    Bus& bus() { return node_bus->get(); }
    Argon2Hasher hasher;
    std::unique_ptr<sql::Database> database;
    postgres::Database* const postgres;  ///< nullptr: the database is SQLite.
    sqlite::Database* const sqlite;      ///< nullptr: it is PostgreSQL.
    sql::SqlAccountStore accounts;
    sql::SqlRoomStore rooms;
    sql::SqlAuditLog audit;
    sql::SqlChatStore chat;
    sql::SqlQueueStore queues;
    sql::SqlPlaybackStore playback;
    sql::SqlMediaStore media;
    sql::SqlReplicaLedger replicas;
    sql::SqlKeyStore keys;
    /// A key of the installation, made at its first start. Blocks.
    Result<KeyStore::Key> key(const char* name);
    const std::unique_ptr<TimeReference> reference;  ///< nullptr: this process is the only one.
    const std::unique_ptr<WallKeeper> wall_keeper;   ///< nullptr: the same.
};

/// What migrate_database() did.
struct Migrated {
    std::vector<std::string> applied;  ///< Names of the steps, in order.
    int version = 0;                   ///< Where the schema stands now.
};

/// How to reach PostgreSQL, as the settings have it.
postgres::Settings postgres_settings(const config::Settings& settings);

/// Brings the database's schema up to date without serving. Errors: as Powers::open.
Result<Migrated> migrate_database(const config::Settings& settings);

}  // namespace syncwatch::apps
