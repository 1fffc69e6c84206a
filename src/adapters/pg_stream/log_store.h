#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/pg_stream/layout.h"
#include "ports/backup_repository.h"
#include "ports/database_backups.h"

namespace syncwatch::pg_stream {

/// What one repository has of a database's log.
struct StoredLog {
    std::set<wal::Segment> whole;
    std::map<wal::Segment, std::vector<Piece>> begun;  ///< In order of their places.
    std::set<std::uint32_t> histories;

    bool is_empty() const { return whole.empty() && begun.empty(); }
    /// How much of a segment that was begun is there from its beginning on.
    std::uint32_t bytes_of(const wal::Segment& segment) const;
    /// Nothing of this timeline is known to come after it.
    bool ends_with(const wal::Segment& segment) const;
};

/// The log of one database in one repository.
class LogStore {
public:
    /// Both outlive it. `pool` packs and unpacks.
    LogStore(BackupRepository& repository, LogNames names, net::thread_pool& pool)
        : repository_(repository), names_(std::move(names)), pool_(pool) {}

    const LogNames& names() const { return names_; }
    BackupRepository& repository() const { return repository_; }

    Async<StoredLog> read();
    /// How far it goes on a timeline, while the server is at `position`; nullopt: nothing of it is
    /// there. Holes are not looked for, and where it is level the names of what is full not read.
    Async<std::optional<wal::Lsn>> end(std::uint32_t timeline, wal::Lsn position);
    /// A segment that is full, and its pieces are removed. The same again is success. Errors:
    /// Conflict (reason "log_differs": other bytes are there under its name).
    Async<> put(wal::Segment segment, std::string bytes);
    /// Bytes of one that is not, from `from` on. Errors: as put().
    Async<> put_piece(wal::Segment segment, std::uint32_t from, std::string bytes);
    Async<> put_history(std::uint32_t timeline, std::string text);
    /// One piece with all that the others have together takes their place.
    Async<> gather(wal::Segment segment, std::string bytes);

    /// Errors: NotFound, Corrupt (also: it is another place of the log, or another database's).
    Async<std::string> whole(wal::Segment segment);
    /// What is there from its beginning on, of one that was begun. Errors: as whole().
    Async<std::string> begun(wal::Segment segment, std::vector<Piece> pieces);
    /// A segment as a server wants it, whole or with zeros behind what is there. Errors: as
    /// whole().
    Async<std::string> padded(wal::Segment segment, StoredLog log);
    Async<std::string> history(std::uint32_t timeline);

    /// Removes what no timeline needs from `from` on. Gives how much that was.
    Async<std::size_t> forget_before(wal::Lsn from);

private:
    Async<> put_sealed(std::string name, std::string bytes);
    Async<std::string> get_sealed(std::string name);
    Async<> remove_pieces(wal::Segment segment, Piece but);

    BackupRepository& repository_;
    const LogNames names_;
    net::thread_pool& pool_;
};

/// What is held of each timeline; `branches`: what their histories say.
DatabaseBackups::Log describe_log(const StoredLog& log, WallTime stored,
                                  const std::map<std::uint32_t, std::string>& histories);

/// Whether these are the first bytes of that segment of that database: what its first page says
/// (postgres, src/include/access/xlog_internal.h). Errors: Corrupt.
Result<> check_front(std::string_view bytes, const wal::Segment& segment, std::string_view system);

}  // namespace syncwatch::pg_stream
