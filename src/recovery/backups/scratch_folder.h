#pragma once
#include <filesystem>

#include "base/result.h"

namespace syncwatch::recovery {

/// A folder for what is looked at and thrown away: for nobody but its owner, as secrets may lie in
/// it, and gone with this object.
class ScratchFolder {
public:
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder();

    /// Empty, whatever a run that was killed left there. Errors: Unavailable (component "backup").
    Result<> make() const;
    const std::filesystem::path& path() const { return path_; }

private:
    const std::filesystem::path path_;
};

}  // namespace syncwatch::recovery
