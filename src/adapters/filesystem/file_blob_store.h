#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "ports/blob_store.h"

namespace syncwatch::filesystem {

/// Objects as files under one folder. An object comes into being by a rename from `.tmp` beside
/// it, after its bytes are on the disk: a key is absent or whole, whatever happens.
class FileBlobStore final : public BlobStore {
public:
    /// The threads that block; they outlive the store.
    struct Pools {
        net::thread_pool& reads;   ///< Opens what players wait for.
        net::thread_pool& writes;  ///< Everything that may take long, or wait for the disk.
    };

    /// Makes the folder and throws away what an earlier process left in `.tmp`. One process at a
    /// time. Errors: Unavailable.
    static Result<std::unique_ptr<FileBlobStore>> open(std::filesystem::path root, Pools pools);
    static Result<std::unique_ptr<FileBlobStore>> open(std::filesystem::path root,
                                                       net::thread_pool& pool) {
        return open(std::move(root), Pools{pool, pool});
    }

    /// The same beside others that may have the folder open: `writer` is a name that none of them
    /// has. Throws away only what an earlier process of that name left.
    static Result<std::unique_ptr<FileBlobStore>> join(std::filesystem::path root, Pools pools,
                                                       std::string writer);
    /// The same to read alone: makes and removes nothing. Errors: NotFound (the folder).
    static Result<std::unique_ptr<FileBlobStore>> open_to_read(std::filesystem::path root,
                                                               Pools pools);

    Async<StoredBlob> put(std::string key, std::string bytes) override;
    Async<StoredBlob> put_file(std::string key, std::filesystem::path file) override;
    Async<std::uint64_t> adopt_file(std::string key, std::filesystem::path file) override;
    Async<StoredBlob> measure(std::string key) override;
    Async<OpenBlob> open(std::string key) override;
    Async<> refresh(std::string key) override;
    Async<std::filesystem::path> local_path(std::string key) override;
    Async<> remove(std::string key) override;
    Async<> remove_all(std::string prefix) override;
    Async<std::vector<std::string>> list(std::string prefix) override;
    Async<BlobPage> list_page(std::string prefix, std::string from) override;
    Async<std::uint64_t> size_of(std::string key) override;
    Async<std::uint64_t> free_bytes() override;

private:
    FileBlobStore(std::filesystem::path root, Pools pools, std::string writer)
        : root_(std::move(root)), pools_(pools), writer_(std::move(writer)) {}

    Result<std::filesystem::path> path_of(std::string_view key) const;
    std::filesystem::path temporary();
    Result<StoredBlob> put_now(const std::string& key, const std::string& bytes);
    Result<std::uint64_t> adopt_now(const std::string& key, const std::filesystem::path& file,
                                    Sha256Sum* sum);
    Result<> place(const std::filesystem::path& from, const std::filesystem::path& to);
    Result<> copy_into(const std::filesystem::path& from, const std::filesystem::path& to);
    Result<bool> on_this_filesystem(int fd) const;
    Result<> remove_now(const std::string& key);
    Result<> remove_all_now(const std::string& prefix);
    Result<std::vector<std::string>> list_now(const std::string& prefix) const;

    const std::filesystem::path root_;
    const Pools pools_;
    const std::string writer_;  ///< Begins the names of its temporary files.
    std::atomic<std::uint64_t> next_temporary_{0};
};

/// True for keys that any BlobStore takes.
bool is_blob_key(std::string_view key);

}  // namespace syncwatch::filesystem
