#pragma once
#include <filesystem>
#include <string>

#include "apps/command/backup_place.h"
#include "apps/command/command.h"

namespace syncwatch::apps {

/// The file of a backup, here, to be brought back.
struct FetchedSnapshot {
    std::filesystem::path file;
    std::string id;
    std::string root;  ///< SHA-256 of the file, as its record has it.
    WallTime moment{};
};

/// Brings the file of a component's backup into `folder`: of the one that `set` names, or, where it
/// is empty, of the latest. It is what was written: its digest was compared. Errors: Refused (there
/// is none), Unreachable, VerificationFailed (no copy of it is what was written).
Outcome<FetchedSnapshot> fetch_snapshot(const Invocation& invocation,
                                        const BackupArguments& arguments,
                                        const std::string& component, const std::string& set,
                                        const std::filesystem::path& folder);

}  // namespace syncwatch::apps
