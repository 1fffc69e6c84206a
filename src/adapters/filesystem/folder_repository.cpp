#include "adapters/filesystem/folder_repository.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <limits>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/filesystem/file_blob_store.h"
#include "adapters/filesystem/files.h"
#include "base/async/offload.h"

namespace syncwatch::filesystem {
namespace {

constexpr std::string_view kDrafts = ".tmp";
constexpr std::size_t kCopySize = 1024 * 1024;

Result<std::size_t> read_some(int fd, std::span<char> to, std::uint64_t offset,
                              const fs::path& path) {
    for (;;) {
        const auto got = ::pread(fd, to.data(), to.size(), static_cast<::off_t>(offset));
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return system_failure("read", path);
    }
}

/// One file's bytes and where they are, for messages.
struct Side {
    int fd;
    const fs::path& path;
};

Result<std::uint64_t> copy_bytes(Side from, Side to) {
    std::vector<char> buffer(kCopySize);
    for (std::uint64_t done = 0;;) {
        SW_TRY(const std::size_t got, read_some(from.fd, buffer, done, from.path));
        if (got == 0) return done;
        SW_CHECK(write_all(to.fd, std::span(buffer).first(got), done, to.path));
        done += got;
    }
}

Result<std::string> read_whole(const fs::path& path) {
    SW_TRY(const UniqueFd fd, open_file(path, O_RDONLY));
    SW_TRY(const std::uint64_t size, file_size(fd.get(), path));
    if (size > BackupRepository::kMostRead) {
        return fail(ErrorCode::TooLarge, path.string() + " is too large to be read at once");
    }
    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        SW_TRY(const std::size_t got,
               read_some(fd.get(), std::span(bytes).subspan(done), done, path));
        if (got == 0) return fail(ErrorCode::Corrupt, path.string() + " became shorter");
        done += got;
    }
    return bytes;
}

Result<std::uint64_t> copy_out(const fs::path& from, const fs::path& to) {
    SW_TRY(const UniqueFd source, open_file(from, O_RDONLY));
    SW_TRY(const std::uint64_t size, file_size(source.get(), from));
    SW_TRY(const UniqueFd target, make_file(to));
    Result<std::uint64_t> copied = copy_bytes({source.get(), from}, {target.get(), to});
    if (copied && *copied != size) {
        copied = fail(ErrorCode::Corrupt, from.string() + " changed while it was read");
    }
    if (!copied) ::unlink(to.c_str());
    return copied;
}

}  // namespace

/// A file in `.tmp`, locked while this lives, and gone with it.
struct FolderRepository::Draft {
    Draft(UniqueFd opened, fs::path at) : fd(std::move(opened)), path(std::move(at)) {}
    Draft(Draft&& other) noexcept : fd(std::move(other.fd)), path(std::move(other.path)) {
        other.path.clear();
    }
    Draft& operator=(Draft&&) = delete;
    ~Draft() {
        if (!path.empty()) ::unlink(path.c_str());
    }

    UniqueFd fd;
    fs::path path;
};

/// What an object is to be made of.
struct FolderRepository::Content {
    std::uint64_t size = 0;
    std::function<Result<>(Side to)> write;
    std::function<Result<Sha256Sum>()> sum;
};

Result<std::unique_ptr<FolderRepository>> FolderRepository::open(fs::path root,
                                                                 net::thread_pool& pool) {
    std::error_code failed;
    root = fs::absolute(root, failed).lexically_normal();
    if (!root.has_filename()) root = root.parent_path();
    std::unique_ptr<FolderRepository> made(new FolderRepository(root, pool));
    const auto prepare = [&]() -> Result<> {
        if (!fs::is_directory(root.parent_path(), failed)) {
            return fail_unavailable("backup",
                                    fmt::format("there is no folder {} to keep backups in; is its "
                                                "disk mounted?",
                                                root.parent_path().string()),
                                    std::chrono::seconds(60));
        }
        SW_CHECK(ensure_folder(root));
        return ensure_folder(root / kDrafts);
    };
    if (Result<> ready = prepare(); !ready) {
        return fail(made->explained(std::move(ready).error()));
    }
    made->remove_left_over();
    return made;
}

Error FolderRepository::explained(Error error) const {
    std::error_code unknown;
    if (error.code == ErrorCode::NotFound && !fs::is_directory(root_ / kDrafts, unknown)) {
        error.code = ErrorCode::Unavailable;
        error.retry_after = std::chrono::seconds(60);
        error.message += fmt::format(" (the folder {} is away; is its disk mounted?)", place());
    }
    if (error.code == ErrorCode::Unavailable) error.component = "backup";
    return error;
}

Result<> FolderRepository::expect_here() const {
    SW_CHECK(open_file(root_ / kDrafts, O_RDONLY | O_DIRECTORY));
    return {};
}

Result<fs::path> FolderRepository::path_of(std::string_view name) const {
    if (!is_blob_key(name)) return fail(ErrorCode::InvalidInput, "not a name of a backup");
    return root_ / name;
}

void FolderRepository::remove_left_over() const {
    std::error_code failed;
    std::vector<fs::path> all;
    for (fs::directory_iterator each(root_ / kDrafts, failed);
         !failed && each != fs::directory_iterator(); each.increment(failed)) {
        all.push_back(each->path());
    }
    for (const fs::path& path : all) {
        // Over a network a lock needs the right to write.
        const auto fd = open_file(path, O_RDWR);
        if (fd && ::flock(fd->get(), LOCK_EX | LOCK_NB) == 0) ::unlink(path.c_str());
    }
}

Result<FolderRepository::Draft> FolderRepository::draft() {
    constexpr int kMostTries = 100;
    for (int tries = 0; tries < kMostTries; ++tries) {
        fs::path path = root_ / kDrafts / fmt::format("{}-{}", ::getpid(), ++next_draft_);
        UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
        if (!fd && errno == EEXIST) continue;
        if (!fd) return system_failure("make", path);
        Draft made(std::move(fd), std::move(path));
        // Somebody who clears up may have come between the making and the lock.
        struct ::stat facts {};
        const bool locked = ::flock(made.fd.get(), LOCK_EX | LOCK_NB) == 0;
        if (!locked && errno != EWOULDBLOCK) return system_failure("lock", made.path);
        if (locked && ::fstat(made.fd.get(), &facts) == 0 && facts.st_nlink > 0) return made;
    }
    return fail_unavailable("backup", "no name is free for a new file", std::chrono::seconds(5));
}

Result<> FolderRepository::create_now(const std::string& name, const Content& content) {
    SW_TRY(const fs::path to, path_of(name));
    struct ::stat facts {};
    if (::lstat(to.c_str(), &facts) == 0) return expect_same(to, content);
    SW_TRY(const Draft made, draft());
    SW_CHECK(content.write({made.fd.get(), made.path}));
    SW_CHECK(sync_file(made.fd.get(), made.path));
    SW_TRY(const bool placed, place_draft(made, to));
    return placed ? Result<>() : expect_same(to, content);
}

Result<bool> FolderRepository::place_draft(const Draft& draft, const fs::path& to) const {
    constexpr int kMostTries = 5;
    for (int tries = 1;; ++tries) {
        SW_CHECK(ensure_folder(to.parent_path()));
        if (::link(draft.path.c_str(), to.c_str()) == 0) break;
        if (errno == EPERM || errno == EOPNOTSUPP) {
            // There are filesystems without links, as on sticks: those rename.
            if (::renameat2(AT_FDCWD, draft.path.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) ==
                0) {
                break;
            }
        }
        if (errno == EEXIST) return false;
        if (errno == ENOTDIR) {
            return fail(ErrorCode::Conflict, to.string() + " would lie under an object");
        }
        // A folder that became empty may go between its making and the link.
        if (errno != ENOENT || tries == kMostTries) return system_failure("place", to);
    }
    SW_CHECK(sync_up_from(to.parent_path()));
    return true;
}

/// Who made it may have died before it was durable.
Result<> FolderRepository::expect_same(const fs::path& there, const Content& content) const {
    const auto other = [&] {
        return fail(ErrorCode::Conflict, there.string() + " is there with other bytes");
    };
    SW_TRY(const UniqueFd fd, open_file(there, O_RDONLY));
    const auto size = file_size(fd.get(), there);
    if (!size || *size != content.size) return other();
    SW_TRY(const Sha256Sum wanted, content.sum());
    SW_TRY(const Sha256Sum found, digest_file(fd.get(), there));
    if (found != wanted) return other();
    return sync_up_from(there.parent_path());
}

Result<> FolderRepository::sync_up_from(fs::path folder) const {
    for (;; folder = folder.parent_path()) {
        SW_CHECK(sync_folder(folder));
        if (folder == root_) return {};
    }
}

Result<> FolderRepository::list_into(const std::string& under, std::vector<Entry>& entries) const {
    const fs::path folder = under.empty() ? root_ : root_ / under;
    const auto is_gone = [](const std::error_code& code) {
        return code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory;
    };
    std::error_code failed;
    fs::directory_iterator each(folder, failed);
    for (; !failed && each != fs::directory_iterator(); each.increment(failed)) {
        std::string name = each->path().filename().string();
        if (!under.empty()) name = under + "/" + name;
        if (!is_blob_key(name)) continue;
        std::error_code odd;
        const fs::file_status status = each->symlink_status(odd);
        if (fs::is_directory(status)) {
            SW_CHECK(list_into(name, entries));
        } else if (fs::is_regular_file(status)) {
            const std::uint64_t size = each->file_size(odd);
            if (!odd) entries.push_back({std::move(name), size});
        }
        if (odd && !is_gone(odd)) {
            errno = odd.value();
            return system_failure("look at", each->path());
        }
    }
    if (!failed || is_gone(failed)) return {};
    errno = failed.value();
    return system_failure("list", folder);
}

Result<std::vector<std::string>> FolderRepository::folders_now(const std::string& prefix) const {
    SW_TRY(const fs::path folder, path_of(prefix));
    std::vector<std::string> found;
    std::error_code failed;
    fs::directory_iterator each(folder, failed);
    for (; !failed && each != fs::directory_iterator(); each.increment(failed)) {
        std::string name = each->path().filename().string();
        std::error_code gone;
        const bool is_folder = is_blob_key(name) && fs::is_directory(each->symlink_status(gone));
        if (is_folder && !fs::is_empty(each->path(), gone)) found.push_back(std::move(name));
    }
    const bool is_absent =
        failed == std::errc::no_such_file_or_directory || failed == std::errc::not_a_directory;
    if (failed && !is_absent) {
        errno = failed.value();
        return system_failure("list", folder);
    }
    std::ranges::sort(found);
    return found;
}

Result<> FolderRepository::remove_now(const std::string& name) const {
    SW_TRY(const fs::path path, path_of(name));
    if (::unlink(path.c_str()) != 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR) return expect_here();
        const bool forbidden = errno == EACCES || errno == EPERM;
        Error error = system_failure("remove", path).value();
        if (!forbidden) return fail(std::move(error));
        return fail(ErrorCode::Conflict, std::move(error.message), "no_delete");
    }
    fs::path folder = path.parent_path();
    while (folder != root_ && (::rmdir(folder.c_str()) == 0 || errno == ENOENT)) {
        folder = folder.parent_path();
    }
    Result<> synced = sync_folder(folder);
    // Somebody else found it empty as well, and made that durable.
    if (!synced && synced.error().code == ErrorCode::NotFound) return {};
    return synced;
}

/// `work` is done by the pool, and what fails in it is said of the repository.
template <class Value, class Work>
Async<Value> FolderRepository::run(Work work) {
    auto guarded = [this, work = std::move(work)]() -> Result<Value> {
        Result<Value> done = work();
        if (!done) return fail(explained(std::move(done).error()));
        return done;
    };
    co_return co_await offload(pool_, std::move(guarded));
}

Async<> FolderRepository::create(std::string name, std::string bytes) {
    auto work = [this, name = std::move(name), bytes = std::move(bytes)]() -> Result<> {
        Content content;
        content.size = bytes.size();
        content.write = [&](Side to) { return write_all(to.fd, bytes, 0, to.path); };
        content.sum = [&]() -> Result<Sha256Sum> { return sha256(as_bytes(bytes)); };
        return create_now(name, content);
    };
    return run<void>(std::move(work));
}

Async<std::uint64_t> FolderRepository::create_from(std::string name, fs::path file) {
    auto work = [this, name = std::move(name), file = std::move(file)]() -> Result<std::uint64_t> {
        SW_CHECK(path_of(name));
        SW_TRY(const UniqueFd fd, open_file(file, O_RDONLY));
        Content content;
        SW_TRY(content.size, file_size(fd.get(), file));
        content.write = [&](Side to) -> Result<> {
            SW_TRY(const std::uint64_t copied, copy_bytes({fd.get(), file}, to));
            if (copied == content.size) return {};
            return fail(ErrorCode::Conflict, file.string() + " changed while it was read");
        };
        content.sum = [&] { return digest_file(fd.get(), file); };
        SW_CHECK(create_now(name, content));
        return content.size;
    };
    return run<std::uint64_t>(std::move(work));
}

Async<std::string> FolderRepository::read(std::string name) {
    auto work = [this, name = std::move(name)]() -> Result<std::string> {
        SW_TRY(const fs::path path, path_of(name));
        return read_whole(path);
    };
    return run<std::string>(std::move(work));
}

Async<std::uint64_t> FolderRepository::fetch(std::string name, fs::path to) {
    auto work = [this, name = std::move(name), to = std::move(to)]() -> Result<std::uint64_t> {
        SW_TRY(const fs::path path, path_of(name));
        return copy_out(path, to);
    };
    return run<std::uint64_t>(std::move(work));
}

Async<std::vector<BackupRepository::Entry>> FolderRepository::list(std::string prefix) {
    auto work = [this, prefix = std::move(prefix)]() -> Result<std::vector<Entry>> {
        if (!prefix.empty()) SW_CHECK(path_of(prefix));
        std::vector<Entry> entries;
        SW_CHECK(list_into(prefix, entries));
        // Asked last: what was found while the folder was there is all that there was.
        SW_CHECK(expect_here());
        std::ranges::sort(entries, {}, &Entry::name);
        return entries;
    };
    return run<std::vector<Entry>>(std::move(work));
}

Async<std::vector<std::string>> FolderRepository::folders(std::string prefix) {
    auto work = [this, prefix = std::move(prefix)]() -> Result<std::vector<std::string>> {
        SW_TRY(auto found, folders_now(prefix));
        SW_CHECK(expect_here());
        return found;
    };
    return run<std::vector<std::string>>(std::move(work));
}

Async<> FolderRepository::remove(std::string name) {
    auto work = [this, name = std::move(name)] { return remove_now(name); };
    return run<void>(std::move(work));
}

}  // namespace syncwatch::filesystem
