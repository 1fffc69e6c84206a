#pragma once
#include <memory>

#include <boost/asio/thread_pool.hpp>

#include "adapters/s3/s3_repository.h"
#include "apps/backup/keyed_repository.h"
#include "base/circuit_breaker.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// A place for backups that a plan names, opened: a folder, or a bucket in an S3 store.
class OpenRepository {
public:
    /// They outlive it.
    struct Powers {
        Clock& clock;
        Random& random;
        net::thread_pool& pool;  ///< Reads and writes files.
    };

    /// Asks an S3 store for nothing yet. Errors: InvalidInput (its address, its credentials, its
    /// key), NotFound or Forbidden (the file of its key), Unavailable (the folder is not there).
    static Result<std::unique_ptr<OpenRepository>> open(const recovery::Repository& place,
                                                        Powers powers);

    BackupRepository& get() { return *repository_; }
    /// As it lies there, encrypted or not.
    BackupRepository& plain() { return *plain_; }
    /// Ends what is under way: callers get Cancelled.
    void stop() {
        if (s3_ != nullptr) s3_->stop();
    }

private:
    OpenRepository() = default;
    Result<std::unique_ptr<BackupRepository>> open_plain(const recovery::Repository& place,
                                                         Powers powers);

    CircuitBreaker breaker_{"backup"};
    std::unique_ptr<KeyedRepository> repository_;
    BackupRepository* plain_ = nullptr;  ///< What is behind it.
    s3::S3Repository* s3_ = nullptr;     ///< nullptr: it is a folder.
};

}  // namespace syncwatch::apps
