#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite_log/wal_format.h"
#include "base/unique_fd.h"
#include "ports/database_log.h"

namespace syncwatch::sqlite {

/// Where a commit ends.
struct CommitEnd {
    std::uint32_t frames = 0;  ///< Since the epoch began.
    std::uint32_t pages = 0;   ///< Of the database.
};

/// A run of frames whose checksums were right, and the place behind it.
struct FrameRun {
    std::string frames;
    std::vector<CommitEnd> commits;
    LogPlace end;
};

/// Reads the -wal file of a database, whoever else has it open. The file may be overwritten from
/// its start by a newer epoch: what is read then is refused, or of the epoch asked for.
class WalFile {
public:
    /// Errors: NotFound (there is none), Unavailable.
    static Result<WalFile> open(const std::string& path);

    /// Errors: Corrupt (also: an empty file), Unavailable.
    Result<WalHeader> header() const;
    /// Frames after `from` up to the epoch's frame `until`, at most `most_bytes` but one at least.
    /// Errors: Corrupt (one that should be there is not, or is damaged).
    Result<FrameRun> read(const WalHeader& shape, LogPlace from, std::uint32_t until,
                          std::size_t most_bytes) const;
    /// Up to the last commit that is whole: what SQLite itself would recover. `shape` says sizes
    /// alone: frames of an epoch that was partly overwritten by the next are found too.
    Result<LogPlace> last_commit(const WalHeader& shape, LogPlace from) const;
    /// The checksum that stands in the epoch's frame number `frames`; nothing: no such frame is
    /// there. With 0, the header's.
    Result<std::optional<std::uint64_t>> checksum_at(const WalHeader& header,
                                                     std::uint32_t frames) const;

private:
    explicit WalFile(UniqueFd fd) : fd_(std::move(fd)) {}

    /// Fewer at the end of the file.
    Result<std::string> bytes_at(std::uint64_t offset, std::size_t bytes) const;

    UniqueFd fd_;
};

}  // namespace syncwatch::sqlite
