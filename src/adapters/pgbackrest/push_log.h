#pragma once
#include <filesystem>

#include "adapters/pgbackrest/engine.h"

namespace syncwatch::pgbackrest {

/// Becomes pgBackRest, which sends a finished file of the log to all repositories: its exit codes
/// are below 126, so that PostgreSQL counts what failed and tries again. Returns only where it
/// cannot be started. Errors: Unavailable (also reason "no_pgbackrest"), InvalidInput.
Error become_push(const Options& options, const std::filesystem::path& file);

}  // namespace syncwatch::pgbackrest
