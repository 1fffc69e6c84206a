#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/database_backups.h"

namespace syncwatch::pgbackrest {

/// The files of the log that a repository has, as `repo-ls --recurse --output=json` lists them.
struct LogListing {
    struct History {
        std::string archive;  ///< "15-1".
        std::uint32_t timeline = 0;
    };
    std::string newest;  ///< The archive of the database as it is now: "15-1".
    using Segments = std::map<wal::Segment, WallTime>;  ///< With when each was stored.
    std::map<std::string, Segments> segments;           ///< By archive.
    std::vector<History> histories;
    /// Segments whose names cannot be true, in words: the place in the log stands in each of their
    /// pages, so no two have the same bytes.
    std::vector<std::string> contradictions;

    /// Errors: Corrupt (it is no such list).
    static Result<LogListing> read(std::string_view json);
};

/// Where a timeline left the one before, as its history says: the last line that counts.
struct Branch {
    std::uint32_t parent = 0;
    wal::Lsn at;
};
/// Errors: Corrupt.
Result<Branch> read_history(std::string_view text);

/// What is held of each timeline, with what their histories say.
DatabaseBackups::Log log_of(const LogListing::Segments& segments,
                            const std::map<std::uint32_t, Branch>& branches);

/// The name of a segment's file in a repository: "NAME-SHA1.zst". nullopt: it is none.
struct StoredSegment {
    wal::Segment segment;
    std::string sha1;  ///< Of the segment itself, in hexadecimal.
};
std::optional<StoredSegment> parse_stored_segment(std::string_view file);

}  // namespace syncwatch::pgbackrest
