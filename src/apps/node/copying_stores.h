#pragma once
#include <filesystem>
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
#include "services/objects/object_copier.h"
#include "services/objects/undeletable_store.h"

namespace syncwatch::apps {

/// Both stores, for what reads and copies much: with connections and threads of their own and
/// without a cache, so that no player waits behind it and nothing that players want is pushed out.
/// May be opened beside a server.
class CopyingStores {
public:
    /// They outlive it.
    struct Powers {
        Clock& clock;
        Random& random;
    };

    /// `folder` is its own, for files on their way. `writer` is nobody else's name. Asks an S3
    /// store for nothing yet. Errors: Unavailable, InvalidInput (credentials).
    static Result<std::unique_ptr<CopyingStores>> open(const config::Settings& settings,
                                                       Powers powers,
                                                       const std::filesystem::path& folder,
                                                       const std::string& writer);
    ~CopyingStores();

    BlobStore& first() { return *first_.blobs; }
    /// nullptr: the settings name none.
    BlobStore* second() { return undeletable_ ? &*undeletable_ : second_.blobs.get(); }
    ObjectCopier& copier() { return *copier_; }
    /// Ends what is under way.
    void stop();

private:
    struct Store {
        std::unique_ptr<BlobStore> blobs;
        s3::S3BlobStore* s3 = nullptr;
    };

    CopyingStores() = default;
    Result<Store> open_s3(const config::Settings::S3& settings, Powers powers,
                          CircuitBreaker& breaker, std::filesystem::path cache);
    Result<Store> open_folder(const std::filesystem::path& folder, const std::string& writer);

    CircuitBreaker first_breaker_{"objects"};
    CircuitBreaker second_breaker_{"objects_second"};
    net::thread_pool pool_{2};
    Store first_;
    Store second_;
    std::optional<UndeletableStore> undeletable_;  ///< The second, where we are told so.
    std::unique_ptr<ObjectCopier> copier_;
};

}  // namespace syncwatch::apps
