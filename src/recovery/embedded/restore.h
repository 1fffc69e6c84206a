#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "ports/backup_repository.h"
#include "ports/database_rebuild.h"
#include "recovery/embedded/survey.h"

namespace syncwatch::recovery {

struct RestoreRequest {
    std::string cluster;
    std::optional<WallTime> moment;  ///< None: the latest there is.
    std::filesystem::path into;      ///< A new file. Nothing is ever written over.
};

struct Restored {
    WallTime moment{};   ///< What the database is as of: what was asked for, or the latest.
    WallTime reached{};  ///< Of the last commit in it: none came between that and `moment`.
    std::string generation;
    std::string base;
    int schema_version = 0;
    std::uint64_t base_bytes = 0;
    std::uint64_t log_bytes = 0;
    std::size_t pieces = 0;
};

/// Brings a database back as it was at a moment, to the commit and never after it. Every digest is
/// checked, and in the end the engine looks at all of it. Blocks in between: for commands.
///
/// Errors: InvalidInput (reason "moment_unreachable": nothing was written; the message says what
/// can be reached), NotFound (no backup), Conflict (`into` is there), Corrupt (naming the object),
/// those of the repository and of the rebuilder. On error there is no file.
Async<Restored> restore(BackupRepository& repository, DatabaseRebuilder& rebuilder,
                        RestoreRequest request);

}  // namespace syncwatch::recovery
