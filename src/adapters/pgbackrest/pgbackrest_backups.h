#pragma once
#include <map>
#include <string>
#include <vector>

#include "adapters/pgbackrest/engine.h"
#include "adapters/pgbackrest/log_listing.h"
#include "adapters/pgbackrest/psql.h"
#include "ports/database_backups.h"

namespace syncwatch::pgbackrest {

/// PostgreSQL's backups by pgBackRest, on the machine that the server is on.
class PgBackRestBackups final : public DatabaseBackups {
public:
    explicit PgBackRestBackups(Options options);

    const std::vector<std::string>& repositories() const override { return names_; }
    Async<> prepare() override;
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
    Async<Rows> rows() override;

    /// Whether a repository has a piece of the log under this name that says something else than
    /// the server's own: two servers archive there. False where one of them has none.
    Async<bool> is_anothers(std::size_t repository, std::string segment) const;

    const Options& options() const { return engine_.options(); }

private:
    Door door() const;
    /// Where our tables are.
    Door contents_door() const;
    Result<> look_at_folder(const RepositoryOptions& repository) const;
    Async<> expire_log(std::size_t repository);
    Async<> note_new_timeline();

    const Engine engine_;
    std::vector<std::string> names_;
};

}  // namespace syncwatch::pgbackrest
