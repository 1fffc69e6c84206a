#pragma once
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/s3/s3_blob_store.h"
#include "apps/config/settings.h"
#include "base/circuit_breaker.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "services/objects/read_only_store.h"
#include "services/objects/undeletable_store.h"

namespace syncwatch::apps {

/// The second object store, for those who wait for what the first one does not give.
class SecondStore {
public:
    /// They outlive it.
    struct Powers {
        Clock& clock;
        Random& random;
        net::thread_pool& reads;
        net::thread_pool& writes;
    };

    /// Where settings name one. `writer` is nobody else's name. Asks an S3 store for nothing yet.
    /// Errors: Unavailable, InvalidInput (the credentials).
    static Result<std::unique_ptr<SecondStore>> open(const config::Settings& settings,
                                                     Powers powers, const std::string& writer);

    BlobStore& blobs() {
        if (read_only_) return *read_only_;
        return undeletable_ ? *undeletable_ : *blobs_;
    }
    /// nullptr: it is a folder.
    s3::S3BlobStore* s3() { return s3_; }
    const CircuitBreaker& breaker() const { return breaker_; }
    /// Ends what is under way.
    void stop() {
        if (s3_ != nullptr) s3_->stop();
    }

private:
    SecondStore() = default;
    Result<> open_folder(const config::Settings& settings, Powers powers,
                         const std::string& writer);
    void obey(const config::Settings& settings);

    CircuitBreaker breaker_{"objects_second"};
    std::unique_ptr<BlobStore> blobs_;
    s3::S3BlobStore* s3_ = nullptr;
    std::optional<UndeletableStore> undeletable_;  ///< Where we are told so.
    std::optional<ReadOnlyStore> read_only_;       ///< On trial.
};

}  // namespace syncwatch::apps
