#include "apps/node/copying_stores.h"

#include <utility>

#include "adapters/filesystem/file_blob_store.h"
#include "apps/node/s3_options.h"

namespace syncwatch::apps {

namespace fs = std::filesystem;

Result<std::unique_ptr<CopyingStores>> CopyingStores::open(const config::Settings& settings,
                                                           Powers powers, const fs::path& folder,
                                                           const std::string& writer) {
    std::unique_ptr<CopyingStores> stores(new CopyingStores);
    SW_TRY(stores->copier_, ObjectCopier::make(folder / "files", stores->pool_));
    if (settings.s3.on()) {
        SW_TRY(stores->first_,
               stores->open_s3(settings.s3, powers, stores->first_breaker_, folder / "first"));
    } else {
        SW_TRY(stores->first_, stores->open_folder(settings.objects_path(), writer));
    }
    if (settings.second.s3.on()) {
        SW_TRY(stores->second_, stores->open_s3(settings.second.s3, powers, stores->second_breaker_,
                                                folder / "second"));
    } else if (settings.second.on()) {
        SW_TRY(stores->second_, stores->open_folder(settings.second.folder, writer));
    }
    if (stores->second_.blobs && !settings.second.may_delete) {
        stores->undeletable_.emplace(*stores->second_.blobs);
    }
    return stores;
}

Result<CopyingStores::Store> CopyingStores::open_s3(const config::Settings::S3& settings,
                                                    Powers powers, CircuitBreaker& breaker,
                                                    fs::path cache) {
    s3::S3BlobStore::Options options;
    SW_TRY(options.exchange, s3_options(settings));
    options.cache.folder = std::move(cache);
    options.cache.limit = 0;
    SW_TRY(auto blobs, s3::S3BlobStore::open(std::move(options),
                                             {powers.clock, powers.random, breaker, pool_, pool_}));
    Store store;
    store.s3 = blobs.get();
    store.blobs = std::move(blobs);
    return store;
}

Result<CopyingStores::Store> CopyingStores::open_folder(const fs::path& folder,
                                                        const std::string& writer) {
    Store store;
    SW_TRY(store.blobs, filesystem::FileBlobStore::join(folder, {pool_, pool_}, writer));
    return store;
}

void CopyingStores::stop() {
    if (copier_) copier_->stop();
    for (Store* each : {&first_, &second_}) {
        if (each->s3 != nullptr) each->s3->stop();
    }
}

CopyingStores::~CopyingStores() {
    stop();
    pool_.join();
}

}  // namespace syncwatch::apps
