#pragma once
#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace syncwatch::sqlite {

/// The error of the system call that just failed (errno): Unavailable (component "disk"; reason
/// "disk_full" where that is why).
tl::unexpected<Error> disk_failure(std::string_view doing, const std::filesystem::path& path);

}  // namespace syncwatch::sqlite
