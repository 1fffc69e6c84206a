#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/config/settings.h"
#include "ports/restored_database.h"

namespace syncwatch::apps {

/// The whole environment of a program of ours that uses what was restored: that database, the
/// object stores that `settings` name, and nothing else of this installation: no bus, no plan, no
/// port but one of loopback. Errors: InvalidInput (which database of the server it is).
Result<std::vector<std::string>> canary_environment(const config::Settings& settings,
                                                    const RestoredDatabase& database);

/// The data folder of that program. Where films are out of reach, an empty folder "objects" in it
/// is its store.
std::filesystem::path canary_folder(const RestoredDatabase& database);

/// Why films cannot be had here, as where a database alone is brought back on another machine;
/// nullopt: they can.
std::optional<std::string> films_out_of_reach(const config::Settings& settings);

}  // namespace syncwatch::apps
