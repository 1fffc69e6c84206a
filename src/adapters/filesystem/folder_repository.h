#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "ports/backup_repository.h"

namespace syncwatch::filesystem {

/// Backups as files under one folder. An object comes into being by a link, which replaces nothing,
/// to what lies whole and durable in `.tmp`. Whoever writes there holds a lock (flock) on the file,
/// so that what a killed process left is known by having none.
///
/// A full disk is Unavailable (reason "disk_full"), one that takes no writing "read_only". Where
/// the folder itself is away, as with a disk that is not mounted, everything is Unavailable:
/// nothing is ever NotFound for that.
class FolderRepository final : public BackupRepository {
public:
    /// Makes the folder, but none above it: where a disk is not mounted is no place for backups.
    /// Removes what killed processes left. `pool` blocks, and outlives this. Errors: Unavailable.
    static Result<std::unique_ptr<FolderRepository>> open(std::filesystem::path root,
                                                          net::thread_pool& pool);

    Async<> create(std::string name, std::string bytes) override;
    Async<std::uint64_t> create_from(std::string name, std::filesystem::path file) override;
    Async<std::string> read(std::string name) override;
    Async<std::uint64_t> fetch(std::string name, std::filesystem::path to) override;
    Async<std::vector<Entry>> list(std::string prefix) override;
    Async<std::vector<std::string>> folders(std::string prefix) override;
    Async<> remove(std::string name) override;
    std::string place() const override { return root_.string(); }

private:
    struct Draft;
    struct Content;

    FolderRepository(std::filesystem::path root, net::thread_pool& pool)
        : root_(std::move(root)), pool_(pool) {}

    template <class Value, class Work>
    Async<Value> run(Work work);
    Error explained(Error error) const;
    Result<> expect_here() const;
    Result<std::filesystem::path> path_of(std::string_view name) const;
    void remove_left_over() const;
    Result<Draft> draft();
    Result<> create_now(const std::string& name, const Content& content);
    /// False: something is there already.
    Result<bool> place_draft(const Draft& draft, const std::filesystem::path& to) const;
    Result<> expect_same(const std::filesystem::path& there, const Content& content) const;
    Result<> sync_up_from(std::filesystem::path folder) const;
    Result<std::vector<std::string>> folders_now(const std::string& prefix) const;
    Result<> list_into(const std::string& under, std::vector<Entry>& entries) const;
    Result<> remove_now(const std::string& name) const;

    const std::filesystem::path root_;
    net::thread_pool& pool_;
    std::atomic<std::uint64_t> next_draft_{0};
};

}  // namespace syncwatch::filesystem
