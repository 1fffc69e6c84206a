#pragma once
#include <optional>
#include <string>

#include "apps/config/settings.h"

namespace syncwatch::apps {

/// Whether the database that is in use still wants an object: a backup has films that were removed
/// for good since. Only reads. nullopt: it cannot be asked, as when it is lost. Blocks, for some
/// seconds at most.
std::optional<bool> is_still_wanted(const config::Settings& settings, const std::string& key);

}  // namespace syncwatch::apps
