#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/file.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/unique_fd.h"
#include "harness/contents_of.h"

namespace syncwatch {

/// The folder of the clips as the script makes them now; other test programs may want them at once.
inline std::filesystem::path made_clips() {
    namespace fs = std::filesystem;
    const fs::path script = fs::path(SW_FIXTURES) / "make-clips.sh";
    const fs::path folder = SW_CLIPS;
    const std::string wanted = encode_hex(sha256(as_bytes(contents_of(script))));
    const std::string lock_file = folder.string() + ".lock";
    const UniqueFd lock(::open(lock_file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644));
    if (!lock || ::flock(lock.get(), LOCK_EX) != 0) throw std::runtime_error("no lock for clips");
    if (contents_of(folder / "made-by") == wanted) return folder;
    fs::remove_all(folder);
    const std::string command = "bash '" + script.string() + "' '" + folder.string() + "'";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("make-clips.sh failed");
    std::ofstream(folder / "made-by") << wanted;
    return folder;
}

/// A small film of tests/fixtures/make-clips.sh, by its name. The first test that asks makes them
/// all, beside the build folders (seconds); they stay until the script changes. Throws if they
/// cannot be made.
inline std::filesystem::path clip(const std::string& name) {
    static const std::filesystem::path folder = made_clips();
    return folder / name;
}

}  // namespace syncwatch
