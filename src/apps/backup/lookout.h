#pragma once
#include <map>
#include <string>
#include <vector>

#include "apps/backup/desk.h"
#include "apps/backup/outlook.h"
#include "ports/lease_store.h"
#include "ports/replica_ledger.h"
#include "recovery/backups/due.h"

namespace syncwatch::apps {

/// Finds out what a loss of everything would mean now: reads the catalogue, asks engines how far
/// their logs reach, and the database about objects. Changes nothing. Any node, and any command,
/// finds the same: backups are known where they lie.
class Lookout {
public:
    /// They outlive it.
    struct Powers {
        const config::Settings& settings;
        const recovery::Plan& plan;
        BackupDesk* desk;         ///< nullptr: a place that the plan names cannot be opened.
        ReplicaLedger* replicas;  ///< nullptr: the database does not answer.
        LeaseStore* leases;       ///< The same.
        Clock& clock;
        Random& random;
        net::thread_pool& pool;  ///< Reads files.
    };
    /// Of the installation `cluster`. Nobody else calls the desk meanwhile.
    Lookout(std::string cluster, Powers powers) : cluster_(std::move(cluster)), powers_(powers) {}

    /// What does not answer is told and hides nothing else. Errors: Cancelled.
    Async<Outlook> look();

private:
    /// What is found of a component beside what the catalogue has.
    struct Found {
        recovery::LiveFacts live;
        std::vector<recovery::Window> windows;
        recovery::Wanted wanted;
        std::optional<recovery::FollowedLog> stream = std::nullopt;
    };

    void look_at_places(Outlook& outlook) const;
    void weigh(RepositoryOutlook& place);
    /// Reads the catalogue. Errors: Cancelled alone.
    Async<> read_catalogue();
    Async<std::map<std::string, Found>> look_at_components();
    Async<Found> look_at_embedded();
    Async<Found> look_at(recovery::BackupComponent* component);
    Async<> look_at_log(Found& found);
    Found found_of(const std::string& component,
                   const std::vector<recovery::BackupKind>& kinds) const;
    void add_unmade(std::map<std::string, Found>& all) const;
    Async<ComponentOutlook> look_at_objects();
    ComponentOutlook outlook_of(recovery::Standing standing, Found found) const;
    std::string schedule_of(const std::string& component) const;

    const std::string cluster_;
    const Powers powers_;
    WallTime now_{};
    recovery::Survey survey_;
    std::optional<Error> error_;                  ///< Why no place answers.
    std::map<std::string, std::uint64_t> bytes_;  ///< Of the embedded database, by place.
};

}  // namespace syncwatch::apps
