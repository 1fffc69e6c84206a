#pragma once
#include <filesystem>

#include "adapters/pgbackrest/engine.h"
#include "ports/database_backups.h"

namespace syncwatch::pgbackrest {

/// Makes `scratch`, an empty folder, ready for look_at_restored(): "data" in it is where the
/// database is to be restored. Errors: Unavailable, Forbidden (reason "runs_as_root").
Result<> make_scratch_place(const Options& options, const std::filesystem::path& scratch);

/// Starts a server on "data" in `scratch` that nobody else reaches, looks at all of it with
/// pg_amcheck, counts rows, lets `visitor`, if there is one, use what is sound, and stops it. What
/// is wrong with it is in the answer. Errors: Unavailable, Timeout, Cancelled.
Async<DatabaseBackups::Rehearsal> look_at_restored(const Engine& engine,
                                                   std::filesystem::path scratch,
                                                   RestoredVisitor* visitor);

}  // namespace syncwatch::pgbackrest
