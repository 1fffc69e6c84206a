#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/command/bundle_fetch.h"
#include "apps/command/set_sources.h"
#include "apps/escrow/laying.h"

namespace syncwatch::apps {

/// What whoever restores everything has said.
struct EverythingArguments {
    BackupArguments backup;
    std::filesystem::path into;
    bool in_place = false;
    bool dry_run = false;
    std::string confirmed;
    std::string timeline;        ///< Of PostgreSQL's log; empty: the only one there is.
    std::string start_postgres;  ///< A command that starts the server; empty: somebody does.
};

/// A step, as it is shown before it is done.
struct PlannedStep {
    std::string name;
    std::string what;
    std::optional<WallTime> as_of;
    std::optional<std::chrono::milliseconds> takes;  ///< nullopt: nobody ever measured it.
};

/// All that is going to be done.
struct EverythingPlan {
    BundlePair pair;
    Laying laying;
    config::Settings settings;  ///< Of the installation, going by its bundles.
    SetSources found;
    recovery::RecoverySet set;
    std::optional<recovery::BackupRecord> redis;
    std::string postgres_target;     ///< "latest", or the moment as it was asked for.
    std::filesystem::path root;      ///< "/", or the folder that all of it goes below.
    std::filesystem::path state;     ///< Where its journal is.
    std::vector<PlannedStep> steps;  ///< In their order.
    std::string choice;              ///< Another one when it is of other backups.
    std::string token;
    bool goes_on = false;  ///< It was begun before.

    bool is_in_place() const { return root == "/"; }
    bool is_embedded() const { return found.database == "sqlite"; }
    /// A path of the installation, below the root.
    std::filesystem::path rooted(const std::filesystem::path& path) const {
        return root / path.relative_path();
    }
    std::filesystem::path database() const { return rooted(settings.database_path()); }
};

/// Chooses one moment and the backups for it, and looks what lies where they go; changes nothing.
/// Where such a restore was begun and has not ended, it is that one. Errors: Refused (nothing is
/// there; a moment that cannot be reached), Unreachable, VerificationFailed.
Outcome<EverythingPlan> plan_everything(Invocation& invocation, CommandDesk& desk,
                                        const EverythingArguments& arguments);

}  // namespace syncwatch::apps
