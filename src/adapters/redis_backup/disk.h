#pragma once
#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

/// Blocking: for threads of a pool.
namespace syncwatch::redis {

/// The error of the system call that just failed (errno): Unavailable, component "disk"; reason
/// "disk_full" where that is why.
tl::unexpected<Error> disk_failure(std::string_view doing, const std::filesystem::path& path);

/// A file that comes, and is gone unless it was kept.
class NewFile {
public:
    /// For its owner alone. Errors: Conflict (it is there), Unavailable.
    static Result<NewFile> create(const std::filesystem::path& path);
    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    Result<> write(std::string_view bytes);
    /// Durable when it returns, with its name.
    Result<> keep();
    int fd() const { return fd_.get(); }

private:
    NewFile(std::filesystem::path path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

    std::filesystem::path path_;  ///< Empty: kept, or moved away.
    UniqueFd fd_;
};

/// Copies a whole file into a new one, durably. Errors: NotFound, Conflict, Unavailable.
Result<> copy_durably(const std::filesystem::path& from, const std::filesystem::path& to);
/// Names in a folder: what was made or renamed there stays.
Result<> sync_folder(const std::filesystem::path& folder);

}  // namespace syncwatch::redis
