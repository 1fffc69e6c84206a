#pragma once
#include <string>

#include "apps/command/command.h"
#include "ports/database_backups.h"

namespace syncwatch::apps {

/// "latest", "immediate", a moment with its zone, "lsn:0/5000028", "xid:1234",
/// "name:before-upgrade". Errors: Usage.
Outcome<DatabaseBackups::Target> postgres_target(const std::string& text);

/// For people: "the end of the log".
std::string describe(const DatabaseBackups::Target& target);

}  // namespace syncwatch::apps
