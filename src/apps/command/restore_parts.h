#pragma once
#include <filesystem>
#include <string>

#include "apps/command/backup_desk.h"
#include "apps/command/command.h"
#include "recovery/embedded/restore.h"

/// The restores of single components, as parts of the restore of all: who calls them has asked.
namespace syncwatch::apps {

/// An embedded database that is back in its place.
struct DatabaseBack {
    recovery::Restored restored;
    std::filesystem::path aside;  ///< Where what was there is now; empty: nothing was.
    std::string log_apart;        ///< As sqlite::SetAside.
};
/// As of `moment` in the place of `target`: built beside it, looked at, then exchanged.
Outcome<DatabaseBack> bring_back_database(BackupRepository& repository, Clock& clock,
                                          const std::string& cluster, WallTime moment,
                                          const std::filesystem::path& target);
/// The word that confirms what was shown: another one whenever something is not as it was then.
std::string word_for(const std::string& state);
/// What tells one state of a database's files from another; empty: there is none.
std::string state_of_database(const std::filesystem::path& file);

/// PostgreSQL as of `to` ("latest", or a moment) along `timeline` (empty: the only one) in the
/// place of recovery.pg_data, from the places in the plan that recovery.plan of these settings
/// names.
Outcome<> bring_back_postgres(Invocation& invocation, const std::string& to,
                              const std::string& timeline);

/// An RDB file into the Redis that runs at `server`; what that has is kept as a file in `keep`.
Outcome<> bring_back_redis(Invocation& invocation, const std::filesystem::path& file,
                           const std::string& server, const std::filesystem::path& keep);

}  // namespace syncwatch::apps
