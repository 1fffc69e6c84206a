#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "apps/command/command.h"
#include "recovery/bundle/bundle.h"

namespace syncwatch::apps {

/// The settings of an installation as its bundles have them, before anything is laid down. Secrets
/// in files of their own are not there yet, which is no problem. `flags` are stronger, as ever.
/// Errors: Refused (there is no place to read them from).
Outcome<config::Settings> settings_in(const std::vector<recovery::Bundle>& bundles,
                                      const std::map<std::string, std::string>& flags);

/// The same when the files are in their places. Errors: Usage, with every problem.
Outcome<config::Settings> settings_laid_down(const std::vector<recovery::Bundle>& bundles,
                                             const std::map<std::string, std::string>& flags);

}  // namespace syncwatch::apps
