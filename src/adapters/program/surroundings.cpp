#include "adapters/program/surroundings.h"

#include <cstdlib>
#include <sstream>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

namespace syncwatch::program {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSystemFolders = "/usr/local/bin:/usr/bin:/bin";

bool can_run(const fs::path& file) {
    std::error_code failed;
    return fs::is_regular_file(file, failed) && ::access(file.c_str(), X_OK) == 0;
}

std::string folders_of_programs() {
    const char* const path = std::getenv("PATH");
    return path == nullptr ? kSystemFolders : fmt::format("{}:{}", path, kSystemFolders);
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) {
        if (!can_run(name)) return std::nullopt;
        return fs::absolute(name);
    }
    std::istringstream folders(folders_of_programs());
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (folder.starts_with('/') && can_run(fs::path(folder) / name)) {
            return fs::path(folder) / name;
        }
    }
    return std::nullopt;
}

std::optional<Identity> nobody() {
    if (::geteuid() != 0) return std::nullopt;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> text(16'384);
    if (::getpwnam_r("nobody", &entry, text.data(), text.size(), &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    return Identity{entry.pw_uid, entry.pw_gid};
}

std::vector<std::string> bare_environment() {
    return {"LC_ALL=C", "HOME=/nonexistent", "PATH=" + folders_of_programs()};
}

}  // namespace syncwatch::program
