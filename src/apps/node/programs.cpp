#include "apps/node/programs.h"

#include <cstdlib>
#include <sstream>

#include <unistd.h>

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

bool can_run(const fs::path& file) {
    std::error_code failed;
    return fs::is_regular_file(file, failed) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) {
        if (!can_run(name)) return std::nullopt;
        return fs::absolute(name);
    }
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (folder.starts_with('/') && can_run(fs::path(folder) / name)) {
            return fs::path(folder) / name;
        }
    }
    return std::nullopt;
}

}  // namespace syncwatch::apps
