#include "apps/node/data_lock.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/file.h>

namespace syncwatch::apps {

Result<UniqueFd> lock_data_folder(const std::filesystem::path& folder) {
    const std::string file = (folder / "lock").string();
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) {
        return fail(ErrorCode::Forbidden, "open " + file + ": " + std::strerror(errno),
                    "data_folder");
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ErrorCode::Conflict,
                    "another syncwatch serves from " + folder.string() + " already",
                    "data_folder_in_use");
    }
    return fd;
}

}  // namespace syncwatch::apps
