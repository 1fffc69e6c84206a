#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/filesystem/growing_file.h"
#include "ports/upload_files.h"

namespace syncwatch::filesystem {

/// Uploads as files in one folder, named by their ids. On the filesystem of the FileBlobStore, a
/// finished one moves there by a rename.
class FileUploads final : public UploadFiles {
public:
    /// Makes the folder; after a restart of the machine (told by `boot`) cuts off what may not have
    /// reached the disk. `pool` does the blocking work and outlives this. Errors: Unavailable.
    static Result<std::unique_ptr<FileUploads>> open(std::filesystem::path root,
                                                     net::thread_pool& pool,
                                                     std::string boot = this_boot());
    /// A word that is another one after each start of the machine.
    static std::string this_boot();

    /// Large enough that what it costs is the bytes, not the calls.
    Grain grain() const override { return {512 * 1024, std::chrono::milliseconds(500)}; }
    Async<> create(UploadId id) override;
    Async<std::uint64_t> size(UploadId id) override;
    Async<UploadWriter> begin(UploadId id, std::uint64_t offset, Kind kind) override;
    Async<std::string> append(UploadWriter writer, std::string buffer, std::size_t count) override;
    Async<> accept(UploadWriter writer) override;
    Async<> discard(UploadWriter writer) override;
    Async<FinishedUpload> finish(UploadId id) override;
    Async<> remove(UploadId id) override;
    Async<std::vector<UploadId>> list() override;

private:
    FileUploads(std::filesystem::path root, net::thread_pool& pool)
        : root_(std::move(root)), pool_(pool) {}

    static Result<> recover(const std::filesystem::path& root);
    std::filesystem::path path_of(UploadId id) const { return root_ / id.text(); }
    /// The file, opened if it is not yet. Blocking. Errors: NotFound.
    Result<std::shared_ptr<GrowingFile>> file_of(UploadId id);
    void keep(UploadId id, std::shared_ptr<GrowingFile> file);
    Result<> remove_now(UploadId id);
    /// Brings the file's digest up to date, one step per turn in the pool.
    void digest(const std::shared_ptr<GrowingFile>& file);
    static void digest_step(net::thread_pool& pool, std::shared_ptr<GrowingFile> file);

    const std::filesystem::path root_;
    net::thread_pool& pool_;
    std::mutex mutex_;  // Guards open_.
    std::map<UploadId, std::shared_ptr<GrowingFile>> open_;
};

}  // namespace syncwatch::filesystem
