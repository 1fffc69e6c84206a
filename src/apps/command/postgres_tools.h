#pragma once
#include <memory>
#include <string>

#include "apps/command/backup_desk.h"
#include "apps/command/command.h"
#include "ports/database_backups.h"

namespace syncwatch::apps {

/// What brings the database back: the engine that the settings are of, with what it stands on.
struct PostgresTools {
    std::unique_ptr<CommandDesk> desk;
    std::unique_ptr<DatabaseBackups> engine;
    std::string fetch;  ///< The restore_command.
};

/// As recovery.pg_mode says; `place` is where backups lie that came over the network. Errors:
/// Refused, Unreachable.
Outcome<PostgresTools> open_postgres_tools(const Invocation& invocation,
                                           const BackupArguments& place);

}  // namespace syncwatch::apps
