#include "adapters/filesystem/files.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace syncwatch::filesystem {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReadSize = 256 * 1024;
constexpr ::mode_t kMode = 0640;

Error unavailable(std::string message, std::string_view reason) {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.message = std::move(message);
    error.reason = reason;
    error.component = "objects";
    error.retry_after = reason.empty() ? 5s : 60s;
    return error;
}

}  // namespace

tl::unexpected<Error> system_failure(std::string_view doing, const fs::path& path) {
    const int code = errno;
    std::string message =
        fmt::format("{} {}: {}", doing, path.string(), std::system_category().message(code));
    switch (code) {
        case ENOENT:
        case ENOTDIR: return fail(ErrorCode::NotFound, std::move(message));
        case ENOSPC:
        case EDQUOT:
        case EFBIG: return fail(unavailable(std::move(message), "disk_full"));
        case EROFS:
        case EACCES:
        case EPERM: return fail(unavailable(std::move(message), "read_only"));
        default: return fail(unavailable(std::move(message), ""));
    }
}

Result<UniqueFd> open_file(const fs::path& path, int flags) {
    UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, kMode));
    if (!fd) return system_failure("open", path);
    return fd;
}

Result<UniqueFd> make_file(const fs::path& path) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
    if (fd) return fd;
    if (errno == EEXIST) return fail(ErrorCode::Conflict, path.string() + " is there already");
    Error error = system_failure("make", path).value();
    if (error.code == ErrorCode::NotFound) error.code = ErrorCode::InvalidInput;
    return fail(std::move(error));
}

Result<std::uint64_t> file_size(int fd, const fs::path& path) {
    struct ::stat facts {};
    if (::fstat(fd, &facts) != 0) return system_failure("look at", path);
    if (!S_ISREG(facts.st_mode)) {
        return fail(ErrorCode::NotFound, path.string() + " is no regular file");
    }
    return static_cast<std::uint64_t>(facts.st_size);
}

Result<> write_all(int fd, std::span<const char> bytes, std::uint64_t offset,
                   const fs::path& path) {
    while (!bytes.empty()) {
        const auto wrote = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<::off_t>(offset));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return system_failure("write", path);
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        offset += static_cast<std::uint64_t>(wrote);
    }
    return {};
}

Result<> sync_file(int fd, const fs::path& path) {
    if (::fdatasync(fd) != 0) return system_failure("sync", path);
    return {};
}

Result<> sync_folder(const fs::path& folder) {
    SW_TRY(const UniqueFd fd, open_file(folder, O_RDONLY | O_DIRECTORY));
    if (::fsync(fd.get()) != 0) return system_failure("sync", folder);
    return {};
}

Result<> ensure_folder(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0750) == 0) return sync_folder(folder.parent_path());
    if (errno == EEXIST) return {};
    if (errno != ENOENT || !folder.has_relative_path()) return system_failure("make", folder);
    SW_CHECK(ensure_folder(folder.parent_path()));
    if (::mkdir(folder.c_str(), 0750) == 0) return sync_folder(folder.parent_path());
    if (errno == EEXIST) return {};
    return system_failure("make", folder);
}

Result<> move_durably(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_failure("move to", to);
    return sync_folder(to.parent_path());
}

Result<std::uint64_t> digest_part(int fd, std::uint64_t offset, std::uint64_t count, Digest& digest,
                                  const fs::path& path) {
    std::vector<std::uint8_t> buffer(kReadSize);
    std::uint64_t done = 0;
    while (done < count) {
        const auto want =
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), count - done));
        const auto got = ::pread(fd, buffer.data(), want, static_cast<::off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_failure("read", path);
        if (got == 0) break;
        digest.update({buffer.data(), static_cast<std::size_t>(got)});
        done += static_cast<std::uint64_t>(got);
    }
    return done;
}

Result<Sha256Sum> digest_file(int fd, const fs::path& path) {
    Digest digest(Digest::Algorithm::Sha256);
    SW_CHECK(digest_part(fd, 0, std::numeric_limits<std::uint64_t>::max(), digest, path));
    const auto bytes = digest.finish();
    Sha256Sum sum{};
    std::ranges::copy(bytes, sum.begin());
    return sum;
}

}  // namespace syncwatch::filesystem
