#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/pg_stream/log_store.h"
#include "ports/clock.h"

namespace syncwatch::pg_stream {

enum class Fetched : std::uint8_t { Found, Absent };

/// What a server that replays the log wants, and where it runs.
struct LogWish {
    std::string name;          ///< As %f gives it.
    std::filesystem::path to;  ///< As %p gives it.
    std::filesystem::path data;
};

/// Brings a file of the log. At the end of a timeline that is a segment that was begun, with zeros
/// behind what is there of it: PostgreSQL takes them for the end of the log, and segments have one
/// size (postgres, src/backend/access/transam/xlogarchive.c). Where the server's own folder has
/// that segment it is Absent here: it has at least as much of it.
///
/// Absent is said only when every repository answered and none has it, and no later piece of the
/// same timeline is there. Tries again until `patience` is over. Errors: Unavailable, Timeout,
/// Corrupt (every copy is damaged, or it is a hole in the log), InvalidInput (it is no name of a
/// file of the log).
Async<Fetched> fetch_log(std::vector<LogStore> stores, LogWish wish, Clock& clock,
                         std::chrono::milliseconds patience);

}  // namespace syncwatch::pg_stream
