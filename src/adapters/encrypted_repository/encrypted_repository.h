#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/encrypted_repository/repository_key.h"
#include "ports/backup_repository.h"

namespace syncwatch::encrypted {

/// A repository whose objects only the holders of its key can read, change or make up: whoever
/// keeps it for us sees names, sizes and times. Who uses it sees a repository like any other;
/// what was tampered with is Corrupt, and so is what is not encrypted at all.
///
/// read() is of some KiB less than kMostRead. create_from() of more than a few MiB makes a file
/// beside the one it is given, encrypted, for as long as it takes.
class EncryptedRepository final : public BackupRepository {
public:
    /// `inner` and `pool`, which blocks, outlive it.
    EncryptedRepository(BackupRepository& inner, RepositoryKey key, net::thread_pool& pool)
        : inner_(inner), key_(key), pool_(pool) {}

    Async<> create(std::string name, std::string bytes) override;
    Async<std::uint64_t> create_from(std::string name, std::filesystem::path file) override;
    Async<std::string> read(std::string name) override;
    Async<std::uint64_t> fetch(std::string name, std::filesystem::path to) override;
    Async<std::vector<Entry>> list(std::string prefix) override;
    Async<std::vector<std::string>> folders(std::string prefix) override;
    Async<> remove(std::string name) override;
    std::string place() const override { return inner_.place(); }

private:
    /// Makes an encrypted file beside `file`.
    Result<std::filesystem::path> encrypt_beside(const std::string& name,
                                                 const std::filesystem::path& file);

    BackupRepository& inner_;
    const RepositoryKey key_;
    net::thread_pool& pool_;
    std::atomic<std::uint64_t> next_{0};
};

}  // namespace syncwatch::encrypted
