#pragma once
#include <filesystem>
#include <memory>
#include <string_view>

#include "ports/database_log.h"

namespace syncwatch {

/// A database file in the making: a copy, then changes in their order. Gone unless finished.
/// Blocks: for commands and threads of a pool. Errors: Unavailable (component "disk"; reason
/// "disk_full" where that is why), Corrupt.
class DatabaseRebuild {
public:
    virtual ~DatabaseRebuild() = default;

    /// Bytes of the copy.
    virtual Result<> put(std::uint64_t offset, std::string_view bytes) = 0;
    /// The piece's first `frames` frames. Errors: Corrupt (a checksum of the engine's own).
    virtual Result<> apply(const LogPiece& piece, std::uint32_t frames) = 0;
    /// Checks the database as its engine does, makes it durable and puts it in its place. Gives
    /// the version of its schema. Errors: Conflict (something came to stand there).
    virtual Result<int> finish() = 0;
};

/// Begins databases.
class DatabaseRebuilder {
public:
    virtual ~DatabaseRebuilder() = default;
    /// `into` is where the finished database will be. Errors: Conflict (something is there).
    virtual Result<std::unique_ptr<DatabaseRebuild>> begin(std::filesystem::path into,
                                                           std::uint32_t page_bytes) = 0;
};

}  // namespace syncwatch
