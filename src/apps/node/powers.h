#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapters/memory/memory_bus.h"
#include "adapters/sqlite/database.h"
#include "adapters/sqlite_accounts/sqlite_account_store.h"
#include "adapters/sqlite_accounts/sqlite_audit_log.h"
#include "adapters/sqlite_live_rooms/sqlite_chat_store.h"
#include "adapters/sqlite_live_rooms/sqlite_playback_store.h"
#include "adapters/sqlite_live_rooms/sqlite_queue_store.h"
#include "adapters/sqlite_media/sqlite_key_store.h"
#include "adapters/sqlite_media/sqlite_media_store.h"
#include "adapters/sqlite_rooms/sqlite_room_store.h"
#include "adapters/system/argon2_hasher.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/config/settings.h"

namespace syncwatch::apps {

/// The adapters that the services of a node, and the commands of an operator, stand on. The one
/// place that chooses them.
struct Powers {
    /// Makes the data folder where it is missing and opens the database. Errors: as
    /// sqlite::Database::open, Forbidden (the data folder).
    static Result<std::unique_ptr<Powers>> open(
        const config::Settings& settings,
        sqlite::Database::Schema schema = sqlite::Database::Schema::Migrate);

    explicit Powers(std::unique_ptr<sqlite::Database> opened);

    SystemClock clock;
    SystemRandom random;
    MemoryBus bus;
    Argon2Hasher hasher;
    std::unique_ptr<sqlite::Database> database;
    sqlite::SqliteAccountStore accounts;
    sqlite::SqliteRoomStore rooms;
    sqlite::SqliteAuditLog audit;
    sqlite::SqliteChatStore chat;
    sqlite::SqliteQueueStore queues;
    sqlite::SqlitePlaybackStore playback;
    sqlite::SqliteMediaStore media;
    sqlite::SqliteKeyStore keys;
};

/// What migrate_database() did.
struct Migrated {
    std::vector<std::string> applied;  ///< Names of the steps, in order.
    int version = 0;                   ///< Where the schema stands now.
};

/// Brings the database's schema up to date without serving. Errors: as Powers::open.
Result<Migrated> migrate_database(const config::Settings& settings);

}  // namespace syncwatch::apps
