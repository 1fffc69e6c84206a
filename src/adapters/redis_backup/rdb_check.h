#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/program/child.h"
#include "adapters/redis_backup/info.h"
#include "base/async/async.h"
#include "ports/snapshot_source.h"

namespace syncwatch::redis {

/// What is in an RDB file, by redis-check-rdb and by the file itself.
struct RdbFacts {
    std::uint64_t bytes = 0;
    std::uint64_t keys = 0;
    std::uint64_t expiring = 0;
    /// By number; nullopt: the file does not say of each how many it has, as Redis' own files do.
    std::optional<std::map<unsigned, Info::Database>> databases;
    unsigned last_database = 0;          ///< The greatest number that is used.
    std::string redis_version;           ///< Of the server that wrote it.
    std::string replid;                  ///< Of its history; empty: none.
    std::optional<std::int64_t> offset;  ///< Where in it.
    std::optional<WallTime> written;     ///< When its writer began, by its clock, whole seconds.
    std::uint64_t memory = 0;            ///< That the writer used.
    bool has_checksum = true;            ///< Servers with "rdbchecksum no" write none.

    /// "keys", "expiring", and for each database "db0", "db0_expiring".
    SnapshotSource::Counts counts() const;
};

/// What redis-check-rdb says, of a file of so many bytes; `has_end`: with the mark of the end where
/// a whole one has it, so that one that was cut off is told from one that was damaged. Errors:
/// Corrupt (the message says what is wrong with the file), Unavailable (reason "newer_redis": only
/// a newer one can read it).
Result<RdbFacts> read_report(std::string_view report, const program::End& end, std::uint64_t bytes,
                             bool has_end);

/// Looks at all of a file. Errors: Corrupt, NotFound (the file, or redis-check-rdb, is not here),
/// Unavailable, Timeout.
Async<RdbFacts> check_rdb(std::filesystem::path file, std::chrono::milliseconds deadline);

}  // namespace syncwatch::redis
