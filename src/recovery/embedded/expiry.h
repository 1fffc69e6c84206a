#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "ports/backup_repository.h"
#include "recovery/embedded/survey.h"

namespace syncwatch::recovery {

/// How long the backup of an embedded database is kept.
struct KeepRule {
    std::chrono::seconds keep{0};
    std::uint64_t copies = 2;  ///< So many of the file at least, however old, with what follows.
};

/// What of a cluster's `generations` is kept no longer, as folders and names below its folder of
/// generations, in the order in which they are to go: a copy's manifest before its parts, so that
/// nobody believes in half a copy, and the log last. Every moment within `keep` of `now` that can
/// be reached still can, and so can what the last copies reach. The newest generation is somebody's
/// at work: of it goes what lies before its oldest copy that is kept.
struct Expired {
    std::vector<std::string> manifests;  ///< Names.
    std::vector<std::string> copies;     ///< Folders of their parts.
    std::vector<std::string> pieces;     ///< Names.

    bool is_empty() const { return manifests.empty() && copies.empty() && pieces.empty(); }
};
Expired expired(const std::vector<Generation>& generations, std::string_view cluster,
                const KeepRule& rule, WallTime now);

/// Whether somebody brings an embedded database of this cluster back from there now. Then nothing
/// of it should be removed, nor packed. Errors: as the repository's.
Async<bool> embedded_is_read(BackupRepository& repository, std::string cluster, WallTime now);

/// Removes it, unless it is read. Gives the objects that went. What a copy that was never finished
/// left goes as well, two days after. Errors: as the repository's (reason "no_delete": it may not
/// be).
Async<std::uint64_t> expire_embedded(BackupRepository& repository, std::string cluster,
                                     KeepRule rule, WallTime now);

}  // namespace syncwatch::recovery
