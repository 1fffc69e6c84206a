#include "apps/node/second_store.h"

#include <utility>

#include "adapters/filesystem/file_blob_store.h"
#include "apps/node/breaker_log.h"
#include "apps/node/s3_options.h"

namespace syncwatch::apps {
namespace {

/// What is read from it is what the first store did not give: little, unless that is away.
constexpr std::uint64_t kCacheShare = 4;

}  // namespace

Result<std::unique_ptr<SecondStore>> SecondStore::open(const config::Settings& settings,
                                                       Powers powers, const std::string& writer) {
    std::unique_ptr<SecondStore> second(new SecondStore);
    if (!settings.second.s3.on()) {
        SW_CHECK(second->open_folder(settings, powers, writer));
        second->obey(settings);
        return second;
    }
    auto tell = [](bool open, const CircuitBreaker::Status& status) {
        log_breaker("objects_second", open, status);
    };
    second->breaker_.set_listener(std::move(tell));
    s3::S3BlobStore::Options options;
    SW_TRY(options.exchange, s3_options(settings.second.s3));
    options.reading = impatient(options.exchange);
    options.cache.folder = settings.data.dir / "cache-second";
    options.cache.limit = settings.s3.cache_bytes / kCacheShare;
    SW_TRY(auto blobs,
           s3::S3BlobStore::open(std::move(options), {powers.clock, powers.random, second->breaker_,
                                                      powers.reads, powers.writes}));
    second->s3_ = blobs.get();
    second->blobs_ = std::move(blobs);
    second->obey(settings);
    return second;
}

Result<> SecondStore::open_folder(const config::Settings& settings, Powers powers,
                                  const std::string& writer) {
    using filesystem::FileBlobStore;
    const FileBlobStore::Pools pools{powers.reads, powers.writes};
    const auto& folder = settings.second.folder;
    SW_TRY(blobs_, settings.on_trial ? FileBlobStore::open_to_read(folder, pools)
                                     : FileBlobStore::join(folder, pools, writer));
    return {};
}

void SecondStore::obey(const config::Settings& settings) {
    if (!settings.second.may_delete) undeletable_.emplace(*blobs_);
    if (settings.on_trial) read_only_.emplace(*blobs_);
}

}  // namespace syncwatch::apps
