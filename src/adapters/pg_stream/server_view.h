#pragma once
#include <string>

#include "adapters/pg_stream/replication.h"
#include "ports/database_backups.h"

namespace syncwatch::pg_stream {

/// What a server says of itself, and of our slot.
struct ServerView {
    DatabaseBackups::Server server;
    std::string version;  ///< "15".
    bool has_slot = false;
    bool is_streamed = false;      ///< Somebody takes its log by that slot now.
    std::uint64_t slot_bytes = 0;  ///< Of its log that it keeps for the slot.
    std::string slot_state;        ///< "reserved", "extended", "unreserved", "lost".
    bool slot_is_bounded =
        false;  ///< max_slot_wal_keep_size is set: the slot cannot fill its disk.
};

/// Blocks: for a pool. Errors: Unavailable (component "backup", reason "no_server").
Result<ServerView> look_at_server(const Access& access, const std::string& slot);

}  // namespace syncwatch::pg_stream
