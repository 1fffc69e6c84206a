#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapters/pgbackrest/options.h"
#include "apps/config/settings.h"
#include "ports/clock.h"
#include "ports/restored_database.h"
#include "recovery/backups/component.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// The database of the server that has our tables. Errors: InvalidInput (its URL).
Result<std::string> our_database(const config::Settings& settings);

/// How PostgreSQL is backed up here: into the repositories of the plan, below "pgbackrest" in each.
/// Nothing is asked. Errors: InvalidInput (an address, its credentials, or an S3 store without TLS,
/// which pgBackRest does not speak to), NotFound (reason "no_repository": the plan names none).
Result<pgbackrest::Options> pgbackrest_options(const config::Settings& settings,
                                               const recovery::Plan& plan);

/// PostgreSQL as a component that is backed up. What it restores to look at lies in
/// recovery.pg_work, where PostgreSQL's user may go; `visitor` uses it. Both outlive it. Errors: as
/// pgbackrest_options().
Result<std::unique_ptr<recovery::BackupComponent>> open_postgres_component(
    const config::Settings& settings, const recovery::Plan& plan, Clock& clock,
    RestoredVisitor& visitor);

/// A restore_command: our wal-get with these flags. Errors: as fetch_command().
Result<std::string> restore_command(const std::vector<std::string>& flags);

/// The restore_command that brings the log by these settings. Errors: InvalidInput (a name in it
/// that a shell, or PostgreSQL, would read otherwise).
Result<std::string> fetch_command(const config::Settings& settings);

}  // namespace syncwatch::apps
