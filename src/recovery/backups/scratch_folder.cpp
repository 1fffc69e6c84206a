#include "recovery/backups/scratch_folder.h"

#include <system_error>

#include <fmt/format.h>

namespace syncwatch::recovery {

namespace fs = std::filesystem;

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Result<> ScratchFolder::make() const {
    std::error_code failed;
    fs::remove_all(path_, failed);
    if (!failed) fs::create_directories(path_, failed);
    if (!failed) fs::permissions(path_, fs::perms::owner_all, failed);
    if (!failed) return {};
    return fail_unavailable("backup", fmt::format("make {}: {}", path_.string(), failed.message()),
                            std::chrono::seconds(30));
}

}  // namespace syncwatch::recovery
