#include "apps/node/storage.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include <unistd.h>

#include "adapters/filesystem/file_blob_store.h"
#include "adapters/filesystem/file_chat_spool.h"
#include "adapters/filesystem/file_sign_out_spool.h"
#include "adapters/filesystem/file_uploads.h"
#include "adapters/s3/s3_uploads.h"
#include "apps/node/breaker_log.h"
#include "apps/node/data_lock.h"
#include "apps/node/s3_options.h"
#include "base/encoding.h"
#include "base/log/log.h"
#include "services/objects/read_only_store.h"

namespace syncwatch::apps {
namespace {

/// What stands in the lock's file: drawn by the first process that has the folder. On a full disk
/// it is good for this process alone, which then waits for its own leases when it starts again.
std::string identity_of(const UniqueFd& lock, Random& random) {
    std::array<std::uint8_t, 8> drawn{};
    random.fill(drawn);
    std::string fresh = encode_hex(drawn);
    std::string kept(fresh.size(), ' ');
    const auto size = static_cast<ssize_t>(fresh.size());
    if (::pread(lock.get(), kept.data(), kept.size(), 0) == size) return kept;
    if (::pwrite(lock.get(), fresh.data(), fresh.size(), 0) != size) {
        log::warning("storage.identity_not_kept", {{"error", std::strerror(errno)}});
    }
    return fresh;
}

}  // namespace

Result<std::unique_ptr<Storage>> Storage::open(const config::Settings& settings, Powers powers) {
    SW_TRY(UniqueFd lock, lock_data_folder(settings.data.dir));
    std::string identity = identity_of(lock, powers.random);
    std::unique_ptr<Storage> storage(new Storage(std::move(lock), std::move(identity)));
    auto tell = [self = storage.get()](bool open, const CircuitBreaker::Status& status) {
        log_breaker("objects", open, status);
        self->listener_.tell(!open);
    };
    storage->breaker_.set_listener(std::move(tell));
    SW_CHECK(settings.s3.on() ? storage->open_s3(settings, powers)
                              : storage->open_folders(settings));
    if (settings.on_trial) {
        storage->unchanged_ = std::move(storage->blobs_);
        storage->blobs_ = std::make_unique<ReadOnlyStore>(*storage->unchanged_);
    }
    if (settings.second.on()) storage->open_second(settings, powers);
    BlobStore* const second = storage->second_ ? &storage->second_->blobs() : nullptr;
    storage->healing_ = std::make_unique<HealingStore>(HealingStore::Powers{
        *storage->blobs_, second, powers.replicas, storage->reads_, powers.clock, storage->tally_});
    if (!settings.postgres.on()) return storage;
    filesystem::FileChatSpool::Options spool;
    spool.folder = settings.data.dir / "spool";
    SW_TRY(storage->chat_spool_, filesystem::FileChatSpool::open(spool, storage->spooling_));
    filesystem::FileSignOutSpool::Options sign_outs;
    sign_outs.folder = spool.folder;
    SW_TRY(storage->sign_outs_, filesystem::FileSignOutSpool::open(sign_outs, storage->spooling_));
    return storage;
}

void Storage::open_second(const config::Settings& settings, Powers powers) {
    auto opened =
        SecondStore::open(settings, {powers.clock, powers.random, reads_, writes_}, identity_);
    if (opened) {
        second_ = *std::move(opened);
        return;
    }
    log::error("objects.second_not_opened", {{"error", opened.error().message}});
    second_trouble_ = std::move(opened).error();
}

Result<> Storage::open_folders(const config::Settings& settings) {
    using filesystem::FileBlobStore;
    const FileBlobStore::Pools pools{reads_, writes_};
    const auto folder = settings.objects_path();
    SW_TRY(blobs_, settings.on_trial ? FileBlobStore::open_to_read(folder, pools)
                                     : FileBlobStore::open(folder, pools));
    SW_TRY(uploads_, filesystem::FileUploads::open(settings.data.dir / "uploads", uploading_));
    return {};
}

Result<> Storage::open_s3(const config::Settings& settings, Powers powers) {
    SW_TRY(const s3::Exchange::Options asking, s3_options(settings.s3));
    s3::S3BlobStore::Options options;
    options.exchange = asking;
    if (settings.second.on()) options.reading = impatient(asking);
    options.cache.folder = settings.data.dir / "cache";
    options.cache.limit = settings.s3.cache_bytes;
    SW_TRY(auto blobs, s3::S3BlobStore::open(options, {powers.clock, powers.random, breaker_,
                                                       reads_, writes_, &reading_breaker_}));
    s3_ = blobs.get();
    blobs_ = std::move(blobs);
    return open_uploads(settings, asking, powers);
}

Result<> Storage::open_uploads(const config::Settings& settings,
                               const s3::Exchange::Options& asking, Powers powers) {
    if (settings.on_trial) {
        SW_TRY(uploads_, filesystem::FileUploads::open(settings.data.dir / "uploads", uploading_));
        return {};
    }
    // A connection pool of its own: players do not wait behind a film that comes in.
    uploads_exchange_ = std::make_unique<s3::Exchange>(
        asking, s3::Exchange::Powers{powers.clock, powers.random, breaker_});
    SW_TRY(uploads_, s3::S3Uploads::open({settings.data.dir / "arrived"},
                                         {*uploads_exchange_, powers.random, uploading_}));
    return {};
}

Storage::~Storage() {
    if (s3_ != nullptr) s3_->stop();
    if (second_) second_->stop();
    if (uploads_exchange_) uploads_exchange_->stop();
    spooling_.join();
    uploading_.join();
    writes_.join();
    reads_.join();
}

}  // namespace syncwatch::apps
