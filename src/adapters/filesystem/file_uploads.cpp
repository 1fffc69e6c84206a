#include "adapters/filesystem/file_uploads.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <boost/asio/post.hpp>
#include <fcntl.h>

#include "adapters/filesystem/files.h"
#include "base/async/offload.h"
#include "base/log/log.h"

namespace syncwatch::filesystem {
namespace {

/// Files kept open between two requests. One that is closed loses its digest, which is then read
/// again from the start.
constexpr std::size_t kMostOpen = 256;

std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<> write_text(const fs::path& path, const std::string& text) {
    SW_TRY(const UniqueFd fd, open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
    SW_CHECK(write_all(fd.get(), text, 0, path));
    return sync_file(fd.get(), path);
}

/// Ids of the files in the folder; its marks and what else may lie there are none.
Result<std::vector<UploadId>> ids_in(const fs::path& root) {
    std::vector<UploadId> ids;
    std::error_code failed;
    for (const auto& each : fs::directory_iterator(root, failed)) {
        if (const auto id = UploadId::parse(each.path().filename().string())) ids.push_back(*id);
    }
    if (failed) {
        errno = failed.value();
        return system_failure("list", root);
    }
    std::ranges::sort(ids);
    return ids;
}

}  // namespace

std::string FileUploads::this_boot() {
    std::string boot = read_text("/proc/sys/kernel/random/boot_id");
    return boot.empty() ? "unknown" : boot;
}

Result<std::unique_ptr<FileUploads>> FileUploads::open(fs::path root, net::thread_pool& pool,
                                                       std::string boot) {
    std::error_code failed;
    root = fs::absolute(root, failed);
    SW_CHECK(ensure_folder(root));
    const fs::path boot_file = root / "boot";
    if (read_text(boot_file) != boot) {
        SW_CHECK(recover(root));
        SW_CHECK(write_text(boot_file, boot));
    }
    return std::unique_ptr<FileUploads>(new FileUploads(std::move(root), pool));
}

Result<> FileUploads::recover(const fs::path& root) {
    SW_TRY(const auto ids, ids_in(root));
    for (const UploadId id : ids) {
        const Result<> recovered = GrowingFile::recover_from_power_cut(root / id.text());
        if (!recovered) {
            log::warning("upload.not_recovered",
                         {{"upload", id.text()}, {"error", recovered.error().message}});
        }
    }
    return {};
}

Result<std::shared_ptr<GrowingFile>> FileUploads::file_of(UploadId id) {
    // Under the lock, so that a file is never opened twice.
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(id); found != open_.end()) return found->second;
    SW_TRY(auto file, GrowingFile::open(path_of(id)));
    keep(id, file);
    return file;
}

void FileUploads::keep(UploadId id, std::shared_ptr<GrowingFile> file) {
    if (open_.size() >= kMostOpen) {
        std::erase_if(open_, [](const auto& each) { return each.second.use_count() == 1; });
    }
    open_.insert_or_assign(id, std::move(file));
}

void FileUploads::digest(const std::shared_ptr<GrowingFile>& file) {
    if (file->wants_digest()) digest_step(pool_, file);
}

void FileUploads::digest_step(net::thread_pool& pool, std::shared_ptr<GrowingFile> file) {
    net::post(pool, [&pool, file = std::move(file)] {
        if (file->digest_more()) digest_step(pool, file);
    });
}

Async<> FileUploads::create(UploadId id) {
    auto work = [this, id]() -> Result<> {
        SW_TRY(auto file, GrowingFile::create(path_of(id)));
        const std::lock_guard lock(mutex_);
        keep(id, std::move(file));
        return {};
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<std::uint64_t> FileUploads::size(UploadId id) {
    auto work = [this, id]() -> Result<std::uint64_t> {
        SW_TRY(const auto file, file_of(id));
        return file->size();
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<UploadWriter> FileUploads::begin(UploadId id, std::uint64_t offset, Kind kind) {
    auto work = [this, id, offset, kind]() -> Result<UploadWriter> {
        SW_TRY(const auto file, file_of(id));
        SW_TRY(const std::uint64_t turn, file->begin(offset, kind));
        digest(file);
        return UploadWriter{id, turn};
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<std::string> FileUploads::append(UploadWriter writer, std::string buffer, std::size_t count) {
    auto work = [this, writer, buffer = std::move(buffer), count]() mutable -> Result<std::string> {
        SW_TRY(const auto file, file_of(writer.id));
        SW_CHECK(file->append(writer.turn, std::span(buffer).first(count)));
        digest(file);
        return std::move(buffer);
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<> FileUploads::accept(UploadWriter writer) {
    auto work = [this, writer]() -> Result<> {
        SW_TRY(const auto file, file_of(writer.id));
        SW_CHECK(file->accept(writer.turn));
        digest(file);
        return {};
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<> FileUploads::discard(UploadWriter writer) {
    auto work = [this, writer]() -> Result<> {
        SW_TRY(const auto file, file_of(writer.id));
        return file->discard(writer.turn);
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<FinishedUpload> FileUploads::finish(UploadId id) {
    auto work = [this, id]() -> Result<FinishedUpload> {
        SW_TRY(const auto file, file_of(id));
        return file->finish();
    };
    co_return co_await offload(pool_, std::move(work));
}

Result<> FileUploads::remove_now(UploadId id) {
    std::shared_ptr<GrowingFile> file;
    {
        const std::lock_guard lock(mutex_);
        if (auto found = open_.extract(id)) file = std::move(found.mapped());
    }
    if (file) return file->remove();
    std::error_code ignored;
    fs::remove(path_of(id), ignored);
    fs::remove(GrowingFile::mark_of(path_of(id)), ignored);
    return sync_folder(root_);
}

Async<> FileUploads::remove(UploadId id) {
    auto work = [this, id] { return remove_now(id); };
    co_return co_await offload(pool_, std::move(work));
}

Async<std::vector<UploadId>> FileUploads::list() {
    auto work = [this] { return ids_in(root_); };
    co_return co_await offload(pool_, std::move(work));
}

}  // namespace syncwatch::filesystem
