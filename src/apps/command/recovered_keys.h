#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "apps/backup/open_repository.h"
#include "base/unique_fd.h"

namespace syncwatch::apps {

/// Keys of repositories that recovery keys opened: in memory for as long as this lives, under paths
/// of this process alone.
class RecoveredKeys {
public:
    /// Where `place` is encrypted and its key is not at hand, its key_file becomes the one that
    /// lies in it for `identity`, whose id it gives; without an identity, or where it is not
    /// encrypted or not there, it stays as it is. Errors: of the recovery key, as of
    /// age::AgeProgram; Unavailable.
    Result<std::string> open(recovery::Repository& place, const std::filesystem::path& identity,
                             OpenRepository::Powers powers);

private:
    std::vector<UniqueFd> files_;
};

}  // namespace syncwatch::apps
