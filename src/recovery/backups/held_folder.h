#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace syncwatch::recovery {

/// A folder for what passes through, of this process alone and for nobody but its owner: gone with
/// this object. One that was left by a process that was killed goes when the next is made there.
class HeldFolder {
public:
    /// In `above`, under a name that begins with `prefix`. Errors: Unavailable (component
    /// "backup").
    static Result<std::unique_ptr<HeldFolder>> make(const std::filesystem::path& above,
                                                    const std::string& prefix);
    HeldFolder(const HeldFolder&) = delete;
    HeldFolder& operator=(const HeldFolder&) = delete;
    ~HeldFolder();

    const std::filesystem::path& path() const { return path_; }

private:
    HeldFolder(std::filesystem::path path, UniqueFd lock)
        : path_(std::move(path)), lock_(std::move(lock)) {}

    const std::filesystem::path path_;
    const UniqueFd lock_;  ///< While it is held nobody clears the folder away.
};

}  // namespace syncwatch::recovery
