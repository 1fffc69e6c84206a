#include "adapters/sqlite_log/disk_failure.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace syncwatch::sqlite {

tl::unexpected<Error> disk_failure(std::string_view doing, const std::filesystem::path& path) {
    const int code = errno;
    Error error;
    error.code = ErrorCode::Unavailable;
    error.component = "disk";
    if (code == ENOSPC || code == EDQUOT) error.reason = "disk_full";
    error.message = fmt::format("{} {}: {}", doing, path.string(), std::strerror(code));
    return fail(std::move(error));
}

}  // namespace syncwatch::sqlite
