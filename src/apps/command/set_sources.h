#pragma once
#include <optional>
#include <string>
#include <vector>

#include "apps/command/backup_desk.h"
#include "recovery/backups/standing.h"
#include "recovery/sets/recovery_set.h"

namespace syncwatch::apps {

/// What an installation's components can be brought back to, as its repositories say.
struct SetSources {
    std::vector<recovery::SetSource> sources;
    std::string database;  ///< "sqlite", or "pg" where the settings say PostgreSQL.
    /// What of it no catalogue has: the log that follows, the copies of an embedded database.
    recovery::LiveFacts live;
    /// Why nothing certain is known of PostgreSQL's log; empty: it is known.
    std::string trouble;
};

/// Of the repositories of this name ("near", "far"), or of all together where it is empty.
/// `settings` are those of the installation that is meant. What does not answer has nothing.
SetSources set_sources(const config::Settings& settings, CommandDesk& desk,
                       const recovery::Survey& survey, const std::string& place);

/// The names of the desk's repositories, the nearest first.
std::vector<std::string> place_names(const recovery::Plan& plan);

}  // namespace syncwatch::apps
