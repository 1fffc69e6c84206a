#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/encrypted_repository/encrypted_repository.h"

namespace syncwatch::apps {

/// A repository that is encrypted, or not, as the plan has it, and that has to be so itself: asked
/// once, before anything else. Before the first object is created its key is kept in it
/// (kept_key.h).
///
/// Errors of all calls besides its own: Unavailable, with the reason "encrypted" (and there is no
/// key), "another_key" or "not_encrypted"; of create() and create_from() also those of keep_key().
class KeyedRepository final : public BackupRepository {
public:
    struct Lock {
        encrypted::RepositoryKey key;
        std::vector<std::string> recipients;  ///< Public keys of age: who can open the key.
    };
    /// nullopt: it is not encrypted. `pool` blocks, and outlives it.
    KeyedRepository(std::unique_ptr<BackupRepository> plain, std::optional<Lock> lock,
                    net::thread_pool& pool);

    Async<> create(std::string name, std::string bytes) override;
    Async<std::uint64_t> create_from(std::string name, std::filesystem::path file) override;
    Async<std::string> read(std::string name) override;
    Async<std::uint64_t> fetch(std::string name, std::filesystem::path to) override;
    Async<std::vector<Entry>> list(std::string prefix) override;
    Async<std::vector<std::string>> folders(std::string prefix) override;
    Async<> remove(std::string name) override;
    std::string place() const override { return plain_->place(); }

private:
    /// What is behind, once it was looked at.
    Async<BackupRepository*> admitted();
    Async<> look();
    Async<BackupRepository*> to_create();
    Async<> expect_first();
    BackupRepository& behind() { return encrypted_ ? *encrypted_ : *plain_; }

    const std::unique_ptr<BackupRepository> plain_;
    const std::optional<Lock> lock_;
    net::thread_pool& pool_;
    std::optional<encrypted::EncryptedRepository> encrypted_;
    std::atomic<bool> is_admitted_{false};
    std::atomic<bool> is_kept_{false};
};

}  // namespace syncwatch::apps
