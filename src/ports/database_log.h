#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/time.h"

namespace syncwatch {

/// A place in the log that an embedded database writes ahead of its file. The log begins anew, as
/// another epoch, whenever the file has caught up with it.
struct LogPlace {
    std::uint64_t epoch = 0;     ///< Drawn by chance, but for its upper half, which counts.
    std::uint32_t frames = 0;    ///< Pages written since the epoch began.
    std::uint64_t checksum = 0;  ///< Of all of them, one after the other.

    friend bool operator==(const LogPlace&, const LogPlace&) = default;
};

/// A commit in a piece of the log.
struct LoggedCommit {
    std::uint32_t frames = 0;  ///< Of the piece, up to its end.
    std::uint32_t pages = 0;   ///< Of the database after it.
    WallTime at{};  ///< When it was durable, or later; before anybody heard of it. Later commits
                    ///< have later times, even if the clock was set back.

    friend bool operator==(const LoggedCommit&, const LoggedCommit&) = default;
};

/// A run of the log as it was written: frames of one page each, of one epoch.
struct LogPiece {
    LogPlace from;
    LogPlace to;
    std::uint32_t page_bytes = 0;
    bool big_endian = false;  ///< How its checksums read words.
    /// True if commits in it have later times than their own, since nobody saw them at the time:
    /// of the moments between the end of the piece before and that of this one nothing is known.
    bool times_unknown = false;
    std::vector<LoggedCommit> commits;  ///< The last may end before the piece does.
    std::string frames;
    /// All commits up to this moment are in it or in those before. With times unknown, and more
    /// to come, that is no later than before.
    WallTime whole_until{};
    bool more = false;  ///< Others are waiting.
};

/// The log of an embedded database, for a backup that goes on. While one is kept, the log begins
/// anew only after all of it was taken. One caller at a time; waiting blocks no writer.
/// Errors: Unavailable (component "database"), Corrupt (the log is damaged).
class DatabaseLog {
public:
    /// The file as it is now. Pages that change while it is read are in the log from then on.
    struct File {
        std::uint64_t bytes = 0;
        std::uint32_t page_bytes = 0;
        int schema_version = 0;
    };

    virtual ~DatabaseLog() = default;

    /// Keeps the log from now on, for a resume() that has yet to find out from where. To be called
    /// before the first commit of a process: when those were, nobody knows. Again: nothing happens.
    virtual Async<> hold() = 0;
    /// Keeps the log from now on, whatever was before, with times after `after`. Gives a place up
    /// to which the file has everything: a copy of the file that is begun now and all pieces until
    /// its end make the database at that moment.
    virtual Async<LogPlace> begin(WallTime after) = 0;
    /// Keeps it, and goes on after a place that an earlier process took, with times after
    /// `whole_until`. Errors: Conflict (reason "gap": the log does not hold all that came after;
    /// nothing is kept).
    virtual Async<> resume(LogPlace after, WallTime whole_until) = 0;
    /// What came next, at most `most_bytes` (and one page at least); perhaps nothing. It is taken
    /// now: it will not be given again. Errors: Conflict (reason "gap": changes were lost).
    virtual Async<LogPiece> take(std::size_t most_bytes) = 0;
    /// No longer keeps it: the database goes its own ways. Until begin() or resume().
    virtual Async<> let_go() = 0;
    /// Bytes that were committed and not taken.
    virtual std::uint64_t waiting_bytes() const = 0;

    /// As of now; commits that are in the file then have times before those of later takes.
    virtual Async<File> file() = 0;
    /// Bytes of the file from `offset`; zeros behind its end.
    virtual Async<std::string> read_file(std::uint64_t offset, std::size_t bytes) = 0;
};

}  // namespace syncwatch
