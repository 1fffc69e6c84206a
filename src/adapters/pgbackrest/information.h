#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/database_backups.h"

namespace syncwatch::pgbackrest {

/// What `info --output=json` says of one repository.
struct Information {
    bool is_prepared = false;  ///< There is something of this stanza.
    std::vector<DatabaseBackups::Backup> backups;
};

/// Reads it. Its exit code tells nothing: it is 0 where a repository cannot be read. Errors:
/// Unavailable (component "backup"; reason "repository_away"), Conflict (reason
/// "not_this_database"), Corrupt (half of it is missing, or it is none that we know).
Result<Information> read_information(std::string_view json);

}  // namespace syncwatch::pgbackrest
