#pragma once
#include <cstdint>
#include <map>
#include <optional>

#include "ports/clock.h"
#include "recovery/catalogue/record.h"
#include "recovery/embedded/restore.h"
#include "recovery/embedded/survey.h"

namespace syncwatch::recovery {

/// What bringing a database back to see whether it can be has shown.
struct Rehearsed {
    /// Of the copy that it began with, under that copy's id. What is wrong stands in it.
    Verification verification;
    std::optional<Restored> restored;  ///< nullopt: it could not be brought back.
};

/// The copies of the embedded database, by their ids: what verifications of it are of.
std::map<BackupId, std::uint64_t> copies(const std::vector<Generation>& generations);

/// Brings the database back as of `moment`, or the latest, into `into`, which the caller throws
/// away, and looks whether anything is missing that other moments need. Blocks in between. Errors:
/// as restore(), but of damage, which is a verification; Corrupt where nothing can be brought back.
Async<Rehearsed> rehearse(BackupRepository& repository, DatabaseRebuilder& rebuilder,
                          RestoreRequest request, Clock& clock);

}  // namespace syncwatch::recovery
