#pragma once
#include <string>
#include <vector>

#include "recovery/postgres/reach.h"

namespace syncwatch::recovery {

/// What stands between what a running server says of its log and what a repository holds of it; in
/// words, the worst first. None: they agree. Archiving that discards and says that all is well is
/// seen by nothing else.
std::vector<std::string> archive_gaps(const DatabaseBackups::Server& server, const PgShelf& shelf);

}  // namespace syncwatch::recovery
