#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ports/database_backups.h"

namespace syncwatch::pg_stream {

/// What is known of a backup that was streamed, as it lies beside it: written last.
struct Description {
    struct Part {
        std::uint64_t bytes = 0;  ///< As they came.
        std::string sha256;       ///< Of them, in hexadecimal.
    };
    DatabaseBackups::Backup backup;
    std::vector<Part> parts;  ///< Together one tar archive.
};

inline constexpr std::string_view kDescription = "backup.json.zst";
/// "base/00000001.tar.zst": from 1 on.
std::string part_name(std::size_t number);

std::string write_description(const Description& description);
/// Errors: Corrupt.
Result<Description> read_description(std::string_view text);

/// The part of the log that a copy needs to be whole, by the end of its manifest
/// (PostgreSQL documentation, "Backup Manifest Format"). Errors: Corrupt.
struct NeededLog {
    std::uint32_t timeline = 1;
    wal::Lsn from;
    wal::Lsn to;
};
Result<NeededLog> read_needed_log(std::string_view manifest_end);

}  // namespace syncwatch::pg_stream
