#include "adapters/redis_backup/disk.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace syncwatch::redis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCopyAtOnce = std::size_t{1} << 20;

}  // namespace

tl::unexpected<Error> disk_failure(std::string_view doing, const fs::path& path) {
    const int why = errno;
    Error error;
    error.code = why == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable;
    error.component = "disk";
    if (why == ENOSPC || why == EDQUOT) error.reason = "disk_full";
    error.message = fmt::format("{} {}: {}", doing, path.string(), std::strerror(why));
    return fail(std::move(error));
}

Result<NewFile> NewFile::create(const fs::path& path) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (fd) return NewFile(path, std::move(fd));
    if (errno == EEXIST) return fail(ErrorCode::Conflict, path.string() + " is there already");
    return disk_failure("make", path);
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), fd_(std::move(other.fd_)) {}

NewFile::~NewFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

Result<> NewFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(fd_.get(), bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return disk_failure("write", path_);
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
}

Result<> NewFile::keep() {
    if (::fsync(fd_.get()) != 0) return disk_failure("sync", path_);
    SW_CHECK(sync_folder(path_.parent_path()));
    path_.clear();
    return {};
}

Result<> copy_durably(const fs::path& from, const fs::path& to) {
    const UniqueFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source) return disk_failure("open", from);
    SW_TRY(NewFile copy, NewFile::create(to));
    std::string buffer(kCopyAtOnce, '\0');
    for (;;) {
        const ssize_t got = ::read(source.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return disk_failure("read", from);
        if (got == 0) return copy.keep();
        SW_CHECK(copy.write(std::string_view(buffer).substr(0, static_cast<std::size_t>(got))));
    }
}

Result<> sync_folder(const fs::path& folder) {
    const fs::path path = folder.empty() ? fs::path(".") : folder;
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return disk_failure("sync", path);
    return {};
}

}  // namespace syncwatch::redis
