#include "recovery/backups/held_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace syncwatch::recovery {
namespace {

namespace fs = std::filesystem;

/// Ours for as long as it is open, also by a process that is killed. nullopt: somebody's.
std::optional<UniqueFd> hold(const fs::path& folder) {
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
    return fd;
}

/// False: somebody took it for one that was left, before it was held.
bool is_there(const fs::path& folder, const UniqueFd& held) {
    struct stat named {};
    struct stat opened {};
    return ::stat(folder.c_str(), &named) == 0 && ::fstat(held.get(), &opened) == 0 &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

void remove_abandoned(const fs::path& above, const std::string& prefix) {
    std::error_code failed;
    std::vector<fs::path> found;
    for (fs::directory_iterator each(above, failed); !failed && each != fs::directory_iterator();
         each.increment(failed)) {
        if (each->path().filename().string().starts_with(prefix)) found.push_back(each->path());
    }
    for (const fs::path& each : found) {
        std::error_code ignored;
        if (hold(each)) fs::remove_all(each, ignored);
    }
}

}  // namespace

Result<std::unique_ptr<HeldFolder>> HeldFolder::make(const fs::path& above,
                                                     const std::string& prefix) {
    remove_abandoned(above, prefix);
    constexpr int kTries = 5;
    for (int tries = 0; tries < kTries; ++tries) {
        std::string made = (above / (prefix + "XXXXXX")).string();
        if (::mkdtemp(made.data()) == nullptr) break;
        auto held = hold(made);
        if (held && is_there(made, *held)) {
            return std::unique_ptr<HeldFolder>(new HeldFolder(made, *std::move(held)));
        }
    }
    return fail_unavailable(
        "backup",
        fmt::format("cannot make a folder in {}: {}", above.string(), std::strerror(errno)),
        std::chrono::seconds(30));
}

HeldFolder::~HeldFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace syncwatch::recovery
