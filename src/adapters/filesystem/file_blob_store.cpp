#include "adapters/filesystem/file_blob_store.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "adapters/filesystem/blob_listing.h"
#include "adapters/filesystem/files.h"
#include "base/async/offload.h"

namespace syncwatch::filesystem {
namespace {

constexpr std::string_view kTemporary = ".tmp";
constexpr std::size_t kMaxKeyLength = 512;

bool is_key_part(std::string_view part) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    };
    return !part.empty() && part.size() <= 200 && part != "." && part != ".." &&
           std::ranges::all_of(part, plain);
}

Result<> sync_contents(const fs::path& file) {
    SW_TRY(const UniqueFd fd, open_file(file, O_RDONLY));
    SW_CHECK(file_size(fd.get(), file));
    return sync_file(fd.get(), file);
}

}  // namespace

bool is_blob_key(std::string_view key) {
    // Our own folder of temporary files is nobody's key.
    if (key.size() > kMaxKeyLength || key.starts_with(kTemporary)) return false;
    for (;;) {
        const std::size_t slash = key.find('/');
        if (!is_key_part(key.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        key.remove_prefix(slash + 1);
    }
}

Result<std::unique_ptr<FileBlobStore>> FileBlobStore::open(fs::path root, Pools pools) {
    std::error_code failed;
    root = fs::absolute(root, failed);
    SW_CHECK(ensure_folder(root));
    fs::remove_all(root / kTemporary, failed);
    SW_CHECK(ensure_folder(root / kTemporary));
    return std::unique_ptr<FileBlobStore>(new FileBlobStore(std::move(root), pools, ""));
}

Result<std::unique_ptr<FileBlobStore>> FileBlobStore::join(fs::path root, Pools pools,
                                                           std::string writer) {
    writer += '-';
    std::error_code failed;
    root = fs::absolute(root, failed);
    SW_CHECK(ensure_folder(root));
    SW_CHECK(ensure_folder(root / kTemporary));
    std::vector<fs::path> left_over;
    for (fs::directory_iterator each(root / kTemporary, failed);
         !failed && each != fs::directory_iterator(); each.increment(failed)) {
        if (each->path().filename().string().starts_with(writer)) left_over.push_back(*each);
    }
    for (const fs::path& each : left_over) fs::remove_all(each, failed);
    return std::unique_ptr<FileBlobStore>(
        new FileBlobStore(std::move(root), pools, std::move(writer)));
}

Result<std::unique_ptr<FileBlobStore>> FileBlobStore::open_to_read(fs::path root, Pools pools) {
    std::error_code failed;
    root = fs::absolute(root, failed);
    if (!fs::is_directory(root, failed)) {
        return fail(ErrorCode::NotFound, "there is no folder " + root.string());
    }
    return std::unique_ptr<FileBlobStore>(new FileBlobStore(std::move(root), pools, ""));
}

Result<fs::path> FileBlobStore::path_of(std::string_view key) const {
    if (!is_blob_key(key)) return fail(ErrorCode::InvalidInput, "not a key of an object");
    return root_ / key;
}

fs::path FileBlobStore::temporary() {
    return root_ / kTemporary / (writer_ + std::to_string(++next_temporary_));
}

Result<> FileBlobStore::place(const fs::path& from, const fs::path& to) {
    const auto attempt = [&]() -> Result<> {
        SW_CHECK(ensure_folder(to.parent_path()));
        return move_durably(from, to);
    };
    // remove_all may take the folder away between its making and the rename.
    for (int tries = 1;; ++tries) {
        Result<> moved = attempt();
        if (moved || moved.error().code != ErrorCode::NotFound || tries == 3) return moved;
    }
}

Result<StoredBlob> FileBlobStore::put_now(const std::string& key, const std::string& bytes) {
    SW_TRY(const fs::path to, path_of(key));
    const fs::path from = temporary();
    const auto store = [&]() -> Result<> {
        SW_TRY(const UniqueFd fd, open_file(from, O_WRONLY | O_CREAT | O_EXCL));
        SW_CHECK(write_all(fd.get(), bytes, 0, from));
        SW_CHECK(sync_file(fd.get(), from));
        return place(from, to);
    };
    if (Result<> stored = store(); !stored) {
        ::unlink(from.c_str());
        return fail(std::move(stored).error());
    }
    return StoredBlob{key, bytes.size(), sha256(as_bytes(bytes))};
}

Result<> FileBlobStore::copy_into(const fs::path& from, const fs::path& to) {
    const fs::path between = temporary();
    std::error_code failed;
    const auto copy = [&]() -> Result<> {
        fs::copy_file(from, between, failed);
        if (failed) {
            errno = failed.value();
            return system_failure("copy", from);
        }
        SW_CHECK(sync_contents(between));
        return place(between, to);
    };
    if (Result<> copied = copy(); !copied) {
        ::unlink(between.c_str());
        return copied;
    }
    ::unlink(from.c_str());
    return {};
}

Result<std::uint64_t> FileBlobStore::adopt_now(const std::string& key, const fs::path& file,
                                               Sha256Sum* sum) {
    SW_TRY(const fs::path to, path_of(key));
    SW_TRY(const UniqueFd fd, open_file(file, O_RDONLY));
    SW_TRY(const std::uint64_t size, file_size(fd.get(), file));
    SW_CHECK(sync_file(fd.get(), file));
    if (sum != nullptr) {
        SW_TRY(*sum, digest_file(fd.get(), file));
    }
    SW_TRY(const bool near, on_this_filesystem(fd.get()));
    SW_CHECK(near ? place(file, to) : copy_into(file, to));
    return size;
}

Result<bool> FileBlobStore::on_this_filesystem(int fd) const {
    struct ::stat theirs {};
    struct ::stat ours {};
    if (::fstat(fd, &theirs) != 0 || ::stat(root_.c_str(), &ours) != 0) {
        return system_failure("look at", root_);
    }
    return theirs.st_dev == ours.st_dev;
}

Result<> FileBlobStore::remove_now(const std::string& key) {
    SW_TRY(const fs::path path, path_of(key));
    if (::unlink(path.c_str()) == 0) return sync_folder(path.parent_path());
    if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR) return {};
    return system_failure("remove", path);
}

// It is gone at once, by one rename, however much there is; the rest may take its time, and what a
// crash leaves over goes at the next start.
Result<> FileBlobStore::remove_all_now(const std::string& prefix) {
    SW_TRY(const fs::path path, path_of(prefix));
    std::error_code failed;
    if (!fs::is_directory(fs::symlink_status(path, failed))) return {};
    const fs::path away = temporary();
    const Result<> moved = move_durably(path, away);
    if (!moved && moved.error().code == ErrorCode::NotFound) return {};
    SW_CHECK(moved);
    SW_CHECK(sync_folder(path.parent_path()));
    fs::remove_all(away, failed);
    if (failed) {
        errno = failed.value();
        return system_failure("remove", path);
    }
    return {};
}

Result<std::vector<std::string>> FileBlobStore::list_now(const std::string& prefix) const {
    SW_TRY(const fs::path path, path_of(prefix));
    std::vector<std::string> keys;
    std::error_code failed;
    fs::recursive_directory_iterator each(path, failed);
    for (; !failed && each != fs::recursive_directory_iterator(); each.increment(failed)) {
        std::error_code vanished;
        if (!each->is_regular_file(vanished)) continue;
        keys.push_back(each->path().lexically_relative(root_).string());
    }
    if (failed && failed != std::errc::no_such_file_or_directory &&
        failed != std::errc::not_a_directory) {
        errno = failed.value();
        return system_failure("list", path);
    }
    std::ranges::sort(keys);
    return keys;
}

Async<StoredBlob> FileBlobStore::put(std::string key, std::string bytes) {
    auto work = [this, key = std::move(key), bytes = std::move(bytes)] {
        return put_now(key, bytes);
    };
    co_return co_await offload(pools_.writes, std::move(work));
}

Async<StoredBlob> FileBlobStore::put_file(std::string key, fs::path file) {
    auto work = [this, key = std::move(key), file = std::move(file)]() -> Result<StoredBlob> {
        StoredBlob stored;
        SW_TRY(stored.size, adopt_now(key, file, &stored.sha256));
        stored.key = key;
        return stored;
    };
    co_return co_await offload(pools_.writes, std::move(work));
}

Async<std::uint64_t> FileBlobStore::adopt_file(std::string key, fs::path file) {
    auto work = [this, key = std::move(key), file = std::move(file)] {
        return adopt_now(key, file, nullptr);
    };
    co_return co_await offload(pools_.writes, std::move(work));
}

Async<StoredBlob> FileBlobStore::measure(std::string key) {
    auto work = [this, key = std::move(key)]() -> Result<StoredBlob> {
        SW_TRY(const fs::path path, path_of(key));
        SW_TRY(const UniqueFd fd, open_file(path, O_RDONLY));
        StoredBlob stored;
        stored.key = key;
        SW_TRY(stored.size, file_size(fd.get(), path));
        SW_TRY(stored.sha256, digest_file(fd.get(), path));
        return stored;
    };
    co_return co_await offload(pools_.writes, std::move(work));
}

Async<OpenBlob> FileBlobStore::open(std::string key) {
    auto work = [this, key = std::move(key)]() -> Result<OpenBlob> {
        SW_TRY(const fs::path path, path_of(key));
        OpenBlob blob;
        SW_TRY(blob.fd, open_file(path, O_RDONLY));
        SW_TRY(blob.size, file_size(blob.fd.get(), path));
        return blob;
    };
    co_return co_await offload(pools_.reads, std::move(work));
}

Async<> FileBlobStore::refresh(std::string key) {
    SW_CO_CHECK(path_of(key));
    co_return Result<>();
}

Async<fs::path> FileBlobStore::local_path(std::string key) {
    auto work = [this, key = std::move(key)]() -> Result<fs::path> {
        SW_TRY(fs::path path, path_of(key));
        SW_TRY(const UniqueFd fd, open_file(path, O_RDONLY));
        SW_CHECK(file_size(fd.get(), path));
        return path;
    };
    co_return co_await offload(pools_.reads, std::move(work));
}

Async<> FileBlobStore::remove(std::string key) {
    auto work = [this, key = std::move(key)] { return remove_now(key); };
    co_return co_await offload(pools_.writes, std::move(work));
}

Async<> FileBlobStore::remove_all(std::string prefix) {
    auto work = [this, prefix = std::move(prefix)] { return remove_all_now(prefix); };
    co_return co_await offload(pools_.writes, std::move(work));
}

Async<std::vector<std::string>> FileBlobStore::list(std::string prefix) {
    auto work = [this, prefix = std::move(prefix)] { return list_now(prefix); };
    co_return co_await offload(pools_.writes, std::move(work));
}

Async<BlobPage> FileBlobStore::list_page(std::string prefix, std::string from) {
    auto work = [this, prefix = std::move(prefix), from = std::move(from)]() -> Result<BlobPage> {
        SW_CHECK(path_of(prefix));
        return list_blobs(root_, prefix, from);
    };
    co_return co_await offload(pools_.writes, std::move(work));
}

Async<std::uint64_t> FileBlobStore::size_of(std::string key) {
    auto work = [this, key = std::move(key)]() -> Result<std::uint64_t> {
        SW_TRY(const fs::path path, path_of(key));
        SW_TRY(const UniqueFd fd, open_file(path, O_RDONLY));
        return file_size(fd.get(), path);
    };
    co_return co_await offload(pools_.reads, std::move(work));
}

Async<std::uint64_t> FileBlobStore::free_bytes() {
    auto work = [this]() -> Result<std::uint64_t> {
        struct ::statvfs facts {};
        if (::statvfs(root_.c_str(), &facts) != 0) return system_failure("look at", root_);
        return std::uint64_t{facts.f_bavail} * facts.f_frsize;
    };
    co_return co_await offload(pools_.reads, std::move(work));
}

}  // namespace syncwatch::filesystem
