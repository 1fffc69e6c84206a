#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/pg_stream/description.h"
#include "adapters/pg_stream/log_store.h"
#include "adapters/pg_stream/progress.h"
#include "adapters/pg_stream/server_view.h"
#include "adapters/pg_stream/streamer.h"
#include "adapters/pgbackrest/engine.h"
#include "ports/clock.h"
#include "ports/database_backups.h"

namespace syncwatch::pg_stream {

struct StreamOptions {
    Access access;
    std::string slot = "syncwatch";
    std::string data;  ///< The folder of backups in a repository.
    std::string log;   ///< The folder of all logs.
    /// Of PostgreSQL's own programs here, and as whom they run; where a server is restored.
    pgbackrest::Options programs;
    std::filesystem::path scratch;  ///< For pieces of the log that are looked into.
};

/// PostgreSQL's backups over its replication protocol, from any machine: copies by pg_basebackup,
/// and the log that a LogStreamer brings. All copies are full.
class StreamBackups final : public DatabaseBackups {
public:
    struct Powers {
        Clock& clock;
        net::thread_pool& pool;
    };
    /// All of it outlives this.
    StreamBackups(std::vector<LogPlace> places, StreamOptions options, Powers powers);

    const std::vector<std::string>& repositories() const override { return names_; }
    Async<> prepare() override;
    /// Into the second repository the copy goes that was made for the first: `annotations` say by
    /// "syncwatch" which that is. Errors: also Conflict (reason "no_stream": nobody brings the
    /// log).
    Async<Backup> run(std::size_t repository, Kind kind,
                      std::map<std::string, std::string> annotations, Tell tell) override;
    Async<std::vector<Backup>> list(std::size_t repository) override;
    Async<Log> log(std::size_t repository) override;
    Async<std::optional<WallTime>> last_commit(std::size_t repository,
                                               std::uint32_t timeline) override;
    Async<Audit> verify(std::size_t repository) override;
    Async<> restore(Restoration restoration) override;
    Async<Rehearsal> rehearse(std::size_t repository, std::string label,
                              std::filesystem::path scratch, RestoredVisitor* visitor) override;
    Async<> forget(std::size_t repository, std::string label) override;
    Async<Server> server() override;
    /// Unavailable (reason "not_counted"): a role that may copy everything may not read tables.
    Async<Rows> rows() override;
    const std::string& slot() const { return options_.slot; }
    /// Reads names alone. A place that does not answer is told. Errors: those of
    /// look_at_server(), Cancelled.
    Async<LogProgress> progress();

private:
    Async<ServerView> view();
    BackupRepository& place(std::size_t repository) const {
        return *places_[repository].repository;
    }
    LogStore store(std::size_t repository, std::string system) const;
    std::string folder_of(const std::string& label) const;
    Async<Description> describe(std::size_t repository, std::string label);
    Async<std::string> system_of(std::size_t repository);
    Async<Backup> copy(std::size_t from, std::size_t to, std::string label);
    /// `seen` is what the server said that was asked then.
    Async<Backup> make(std::size_t repository, std::string label, Instant asked, ServerView seen,
                       std::map<std::string, std::string> annotations, Tell tell);
    Async<> wait_for_log(std::size_t repository, std::string system, NeededLog needed);
    Async<> remove_folder(std::size_t repository, std::string label);
    Async<> look_at_parts(std::size_t repository, Description description, Audit& audit);
    Async<> look_at_log(std::size_t repository, Audit& audit);
    Async<> lay_down(Restoration restoration, Description description);
    Async<> lay_log(std::size_t repository, Description description, std::filesystem::path into);

    const std::vector<LogPlace> places_;
    const StreamOptions options_;
    const Powers powers_;
    const pgbackrest::Engine programs_;
    std::vector<std::string> names_;
};

/// Whether an error tells of the backup, and not of whoever could not look.
inline bool is_verdict(const Error& error) {
    return error.code == ErrorCode::Corrupt || error.code == ErrorCode::NotFound;
}

/// What a server is told to bring itself back to `target`: lines for postgresql.auto.conf.
std::string recovery_settings(const DatabaseBackups::Restoration& restoration);

}  // namespace syncwatch::pg_stream
