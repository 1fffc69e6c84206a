#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/s3/exchange.h"
#include "adapters/s3/file_sender.h"
#include "ports/backup_repository.h"

namespace syncwatch::s3 {

/// Backups as objects of an S3 store, below a prefix that nothing else uses. An object is made on
/// the condition that none is there (If-None-Match); of stores that know no conditions, or not for
/// objects in parts, two who create one name at the same moment may both succeed, and one stays.
/// Whether what is there is the same is told by its size and the SHA-256 that is kept beside it.
///
/// The keys need s3:ListBucket on the bucket, and s3:GetObject and s3:PutObject in it; without
/// s3:DeleteObject nothing can be removed, which is how a far repository should be. What callers
/// have under way ends before this does.
class S3Repository final : public BackupRepository {
public:
    struct Options {
        Exchange::Options exchange;
        FileSender::Options sending = {};
    };
    /// They outlive this. `pool` reads and writes files.
    struct Powers {
        Clock& clock;
        Random& random;
        CircuitBreaker& breaker;  ///< Named "backup".
        net::thread_pool& pool;
    };

    S3Repository(Options options, Powers powers);

    /// That the bucket is there, and that we may read it. Errors: Unavailable, saying what to do.
    Async<> check();
    /// Ends what is under way: callers get Cancelled.
    void stop() { exchange_.stop(); }

    Async<> create(std::string name, std::string bytes) override;
    Async<std::uint64_t> create_from(std::string name, std::filesystem::path file) override;
    Async<std::string> read(std::string name) override;
    Async<std::uint64_t> fetch(std::string name, std::filesystem::path to) override;
    Async<std::vector<Entry>> list(std::string prefix) override;
    Async<std::vector<std::string>> folders(std::string prefix) override;
    Async<> remove(std::string name) override;
    std::string place() const override;

private:
    /// True: it is there with these bytes. False: nothing is. Errors: Conflict (others are).
    Async<bool> has_same(std::string name, std::uint64_t size, Sha256Sum sum);
    /// What is to be said where the store had no such object: NotFound only when a listing agrees,
    /// since a proxy or another server on that address says 404 as easily.
    net::awaitable<Error> absence(std::string name);
    /// After somebody else was faster.
    Async<> expect_same(std::string name, std::uint64_t size, Sha256Sum sum);

    Exchange exchange_;
    S3Client client_;
    FileSender sender_;
    net::thread_pool& pool_;
};

}  // namespace syncwatch::s3
