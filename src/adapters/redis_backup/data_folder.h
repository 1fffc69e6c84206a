#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "base/time.h"

/// The data folder of a Redis 7 that does not run: what it loads when it starts, and how that is
/// replaced. Blocking: for threads of a pool, and commands.
namespace syncwatch::redis {

/// What is in a data folder, under the names that Redis gives if nobody chose others.
struct DataFolder {
    std::filesystem::path path;
    bool has_rdb = false;          ///< dump.rdb
    bool has_append_only = false;  ///< appendonlydir, or the appendonly.aof of Redis 6.
    std::string state;             ///< Another one whenever something in it is another file.

    /// Errors: NotFound (it is not there), Forbidden (what we make there would not be its owner's),
    /// Unavailable.
    static Result<DataFolder> look(const std::filesystem::path& path);
};

/// The processes of servers that run in a folder. Errors: Forbidden (where a server runs cannot be
/// seen).
Result<std::vector<pid_t>> servers_in(const std::filesystem::path& folder);

struct Placement {
    std::filesystem::path folder;
    std::filesystem::path rdb;  ///< Copied.
    /// As the server's configuration has it. With "appendonly yes" Redis never looks at dump.rdb:
    /// the file becomes the base of an append-only file.
    bool append_only = false;
    WallTime now{};  ///< Names what is moved aside.
};

/// From what, to what.
using MovedAside = std::vector<std::pair<std::filesystem::path, std::filesystem::path>>;

/// Has a server that is started next load this file. What it would have loaded gets another name in
/// one step with the new; whoever is killed in the middle leaves the old or the new, and beside it
/// the other one. Errors: Conflict (a server runs there; reason "redis_runs"), Forbidden, NotFound,
/// Unavailable.
Result<MovedAside> place_rdb(const Placement& placement);

}  // namespace syncwatch::redis
