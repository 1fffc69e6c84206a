#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "adapters/pg_stream/connection.h"
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
    /// Of that at most (max_slot_wal_keep_size); nullopt: until its disk is full.
    std::optional<std::uint64_t> slot_most;
};

/// Blocks: for a pool. Errors: as connect(); InvalidInput (its segments are not of 16 MB).
Result<ServerView> look_at_server(const Access& access, const std::string& slot);

}  // namespace syncwatch::pg_stream
