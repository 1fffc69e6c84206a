#pragma once
#include <string_view>

#include "ports/database_backups.h"

namespace syncwatch::pgbackrest {

/// Reads what `verify --output=text --verbose` says, which is all it says: its exit code is 0 for a
/// repository that is in pieces. A backup is sound only where every line about it says so; what is
/// not understood is a fault.
DatabaseBackups::Audit read_verify_report(std::string_view text, std::string_view stanza);

}  // namespace syncwatch::pgbackrest
