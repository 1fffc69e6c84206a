#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/time.h"
#include "domain/wal/segment.h"
#include "ports/restored_database.h"

namespace syncwatch {

/// A database server's own engine for backups: copies of all its files and its write-ahead log, in
/// repositories that the engine alone knows how to read. Which backups count is written elsewhere.
///
/// Errors of all calls: Unavailable (component "backup": the engine is not installed, a repository
/// or the server does not answer), Timeout, Cancelled. One call at a time.
class DatabaseBackups {
public:
    enum class Kind : std::uint8_t { Full, Differential, Incremental };

    /// One that is in a repository, as the engine tells.
    struct Backup {
        std::string label;  ///< What the engine calls it.
        Kind kind = Kind::Full;
        std::vector<std::string> stands_on;  ///< Labels of what it cannot be restored without.
        WallTime started{};                  ///< By the server's clock, to the second, cut off.
        WallTime finished{};
        std::uint32_t timeline = 1;
        wal::Lsn begins;  ///< The log from here to `ends` is needed to make it whole.
        wal::Lsn ends;
        std::uint64_t raw_bytes = 0;
        std::uint64_t stored_bytes = 0;  ///< That this one added to the repository.
        std::string system_id;
        std::string server_version;  ///< "15".
        std::string engine = "pgbackrest";
        std::string engine_version;
        bool has_bad_pages = false;  ///< The database was damaged already when it was made.
        std::map<std::string, std::string> annotations;
    };

    /// A part of the log: [from, to).
    struct Span {
        wal::Lsn from;
        wal::Lsn to;
        bool operator==(const Span&) const = default;
    };
    /// One branch of the log.
    struct Timeline {
        std::uint32_t number = 1;
        std::uint32_t parent = 0;  ///< 0: none.
        wal::Lsn begins;           ///< Where it left its parent.
        std::vector<Span> held;    ///< What the repository has, in order; between them are holes.
        WallTime stored{};         ///< When the last of it came there: nothing in it is of later.
    };
    using Log = std::vector<Timeline>;  ///< By number.

    /// What the running server says of itself.
    struct Server {
        std::string system_id;
        std::uint32_t timeline = 1;
        wal::Lsn position;
        std::uint64_t bytes = 0;    ///< Of all its databases.
        bool is_archiving = false;  ///< archive_mode, and a command.
        /// A piece of the log that is not full is archived after so long; 0: never.
        std::chrono::seconds archive_timeout{0};
        std::string last_archived;  ///< A file of the log; empty: none yet.
        WallTime last_archived_at{};
        std::uint64_t failures = 0;  ///< Since its statistics began.
        std::string last_failed;
        WallTime last_failed_at{};
        WallTime clock{};  ///< Its own time of day, when it was asked: commits are told by it.
        /// The number of its next transaction: a backup that ends now has all before it.
        std::uint64_t next_transaction = 0;
        bool is_standby = false;     ///< It follows another server.
        std::string schema_version;  ///< Of our tables; empty: it has none, or nobody may look.
    };
    /// How many rows each table has; those that take long to count are left out.
    using Rows = std::map<std::string, std::uint64_t>;

    /// What is wrong in a repository.
    struct Fault {
        std::string label;  ///< Of a backup; empty: it is in the log, or in the repository itself.
        std::string words;
    };
    /// A look at everything in a repository.
    struct Audit {
        std::vector<std::string> sound;  ///< Labels of backups that are as they were written.
        std::vector<Fault> faults;
        std::uint64_t files = 0;     ///< Of backups, that were read.
        std::uint64_t segments = 0;  ///< Of the log, that were read.
    };

    /// Where replay of the log ends. All are exclusive of each other; none: at its end.
    struct Target {
        enum class Kind : std::uint8_t { Latest, Immediate, Time, Lsn, Transaction, Name };
        Kind kind = Kind::Latest;
        WallTime time{};
        wal::Lsn lsn;
        std::string word;  ///< A transaction's number, or the name of a restore point.
    };
    struct Restoration {
        std::size_t repository = 0;
        std::string label;
        std::filesystem::path into;  ///< Not there, or an empty folder.
        Target target;
        std::uint32_t timeline = 1;
        /// It is the backup's own. Of one that began with a restore, no repository has the history:
        /// nothing was archived then, so PostgreSQL cannot be asked to look for it.
        bool is_own_timeline = false;
        std::string fetch;  ///< The restore_command, ready for postgresql.conf.
    };
    /// What came out of a restore that was thrown away.
    struct Rehearsal {
        Rows counts;
        /// The number of its next transaction; 0: it did not come so far.
        std::uint64_t next_transaction = 0;
        std::string schema_version;  ///< Empty: it has none of ours.
        std::uint64_t bytes = 0;
        std::vector<std::string> faults;  ///< What is wrong with it; none: it is sound.
        Visit visit;                      ///< What its visitor saw.
    };
    /// Hears what part of the work is done: 0 to 1.
    using Tell = std::function<void(double part)>;

    virtual ~DatabaseBackups() = default;

    /// What they are called, the nearest first. Calls name them by their number.
    virtual const std::vector<std::string>& repositories() const = 0;
    /// Makes all of them ready, and sends a piece of the log through to the end. Again is success.
    /// Errors: Conflict (a repository is another database's, the server does not archive).
    virtual Async<> prepare() = 0;
    /// Makes a backup; returns when the log to its end is in the repository. Errors: Conflict
    /// (another run, or nothing to stand on), as prepare(). A Differential or an Incremental with
    /// nothing before it comes out as Full.
    virtual Async<Backup> run(std::size_t repository, Kind kind,
                              std::map<std::string, std::string> annotations, Tell tell) = 0;
    /// The oldest first; nothing from one that was never prepared.
    virtual Async<std::vector<Backup>> list(std::size_t repository) = 0;
    virtual Async<Log> log(std::size_t repository) = 0;
    /// When the last transaction committed that the log of this timeline has; nullopt: none of
    /// late.
    virtual Async<std::optional<WallTime>> last_commit(std::size_t repository,
                                                       std::uint32_t timeline) = 0;
    /// Reads all of it.
    virtual Async<Audit> verify(std::size_t repository) = 0;
    /// Leaves a folder that a server can be started on: it replays the log to the target, then
    /// takes writes, and archives nothing. Errors: Conflict (`into` is not empty, a server runs
    /// there), NotFound (label), Corrupt.
    virtual Async<> restore(Restoration restoration) = 0;
    /// Restores a backup below `scratch`, an empty folder, starts a server on it that nobody else
    /// reaches, looks at all of it, checks every constraint anew, lets `visitor` use it where it is
    /// sound, and stops it. The folder is the caller's to remove. nullptr: nobody visits it.
    virtual Async<Rehearsal> rehearse(std::size_t repository, std::string label,
                                      std::filesystem::path scratch, RestoredVisitor* visitor) = 0;
    /// Removes a backup, and the log that no other needs. Absent is success. Errors: Conflict
    /// (reason "last_full": the engine keeps it).
    virtual Async<> forget(std::size_t repository, std::string label) = 0;
    virtual Async<Server> server() = 0;
    /// Of the running server. Errors: also Unavailable (reason "not_counted": not by this engine).
    virtual Async<Rows> rows() = 0;
};

}  // namespace syncwatch
