#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/pg_stream/stream_backups.h"
#include "apps/backup/open_repository.h"
#include "apps/canary/canary.h"
#include "apps/config/settings.h"
#include "ports/snapshot_source.h"
#include "recovery/backups/backups.h"
#include "recovery/backups/held_folder.h"
#include "recovery/plan/plan.h"
#include "recovery/snapshots/snapshot_files.h"

namespace syncwatch::apps {

/// All that is needed to back an installation up, opened: the repositories that its plan names, the
/// catalogue in them, and every component that it consists of.
class BackupDesk {
public:
    /// They outlive it.
    struct Powers {
        Clock& clock;
        Random& random;
        net::thread_pool& pool;  ///< Reads and writes files, and waits for programs.
    };
    enum class Scope : std::uint8_t {
        Everything,
        Shared,  ///< Without settings and secrets: those of this machine are no node's.
    };
    /// Of the installation `cluster`, as cluster_of() names it. Asks nobody for anything yet.
    /// Errors: NotFound (reason "no_repository": the plan names none), InvalidInput, Unavailable
    /// (the folder of a repository is not there, or no room for what passes through).
    static Result<std::unique_ptr<BackupDesk>> open(const config::Settings& settings,
                                                    const recovery::Plan& plan, std::string cluster,
                                                    std::string app_version, Powers powers,
                                                    Scope scope = Scope::Everything);
    ~BackupDesk();

    recovery::Backups& backups() { return *backups_; }
    recovery::Catalogue& catalogue() { return *catalogue_; }
    recovery::SnapshotFiles& files() { return *files_; }
    /// The nearest first.
    std::vector<BackupRepository*> repositories() const;
    /// The same with what the plan calls them.
    const std::vector<recovery::Place>& places() const { return places_; }
    /// What streams PostgreSQL; nullptr: it is not backed up over its replication protocol.
    pg_stream::StreamBackups* stream() { return stream_.get(); }
    /// A folder of ours alone, gone with this.
    const std::filesystem::path& scratch() const { return scratch_; }
    /// Ends what is under way: callers get Cancelled.
    void stop();

private:
    BackupDesk() = default;
    Result<> open_places(const recovery::Plan& plan, Powers powers);
    Result<> make_scratch(const config::Settings& settings);
    void add_escrow(const config::Settings& settings, const recovery::Plan& plan,
                    const std::string& app_version, Powers powers);
    Result<> add_postgres(const config::Settings& settings, const recovery::Plan& plan,
                          const std::string& cluster, Powers powers);
    Result<> add_redis(const config::Settings& settings, Powers powers);
    void add(std::string name, std::unique_ptr<SnapshotSource> source, Powers powers);

    std::vector<std::unique_ptr<OpenRepository>> repositories_;
    std::vector<recovery::Place> places_;
    std::unique_ptr<recovery::HeldFolder> held_;
    std::filesystem::path scratch_;
    std::unique_ptr<Canary> canary_;
    std::unique_ptr<recovery::Catalogue> catalogue_;
    std::unique_ptr<recovery::SnapshotFiles> files_;
    std::vector<std::unique_ptr<SnapshotSource>> sources_;
    std::unique_ptr<pg_stream::StreamBackups> stream_;
    std::vector<std::unique_ptr<recovery::BackupComponent>> components_;
    std::unique_ptr<recovery::Backups> backups_;
};

}  // namespace syncwatch::apps
