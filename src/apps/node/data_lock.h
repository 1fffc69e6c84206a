#pragma once
#include <filesystem>

#include "base/result.h"
#include "base/unique_fd.h"

namespace syncwatch::apps {

/// Keeps every other server out of a data folder, for as long as the descriptor is open, also by a
/// process that is killed. Errors: Conflict (reason "data_folder_in_use"), Forbidden (reason
/// "data_folder").
Result<UniqueFd> lock_data_folder(const std::filesystem::path& folder);

}  // namespace syncwatch::apps
