#pragma once
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/s3/exchange.h"
#include "adapters/s3/s3_blob_store.h"
#include "apps/config/settings.h"
#include "apps/node/change_listener.h"
#include "apps/node/second_store.h"
#include "base/circuit_breaker.h"
#include "base/unique_fd.h"
#include "ports/blob_store.h"
#include "ports/chat_spool.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "ports/replica_ledger.h"
#include "ports/sign_out_spool.h"
#include "ports/upload_files.h"
#include "services/objects/healing_store.h"
#include "services/objects/object_tally.h"

namespace syncwatch::apps {

/// Films and uploads: on this machine's disk, or in an S3 store with a cache on that disk; perhaps
/// with a second store behind it. One process at a time for each data folder: a lock in it keeps a
/// second server out.
class Storage {
public:
    /// They outlive the storage.
    struct Powers {
        Clock& clock;
        Random& random;
        ReplicaLedger& replicas;
    };

    /// A second store that cannot be opened is done without: second_trouble() says so. The data
    /// folder is there. Asks an S3 store for nothing yet. Errors: Conflict (reason
    /// "data_folder_in_use"), Unavailable.
    static Result<std::unique_ptr<Storage>> open(const config::Settings& settings, Powers powers);
    ~Storage();

    /// Names the data folder among all that ever were. The process that has it open is the only
    /// one with this name.
    const std::string& identity() const { return identity_; }
    /// What everybody reads and writes: both stores behind one.
    BlobStore& blobs() { return *healing_; }
    HealingStore& healing() { return *healing_; }
    ObjectTally& tally() { return tally_; }
    const ObjectTally& tally() const { return tally_; }
    /// The first store by itself, for those who ask how it does.
    BlobStore& first() { return *blobs_; }
    /// nullptr: there is none, or it could not be opened.
    SecondStore* second() { return second_.get(); }
    const std::optional<Error>& second_trouble() const { return second_trouble_; }
    UploadFiles& uploads() { return *uploads_; }
    /// nullptr: the database is in the same folder, and away when the folder is.
    ChatSpool* chat_spool() { return chat_spool_.get(); }
    /// Likewise.
    SignOutSpool* sign_outs() { return sign_outs_.get(); }
    /// nullptr: films are on this machine's disk.
    s3::S3BlobStore* s3() { return s3_; }
    const CircuitBreaker& breaker() const { return breaker_; }
    /// Hears whether the object store answers.
    ChangeListener& listener() { return listener_; }

private:
    Storage(UniqueFd lock, std::string identity)
        : lock_(std::move(lock)), identity_(std::move(identity)) {}

    Result<> open_folders(const config::Settings& settings);
    Result<> open_s3(const config::Settings& settings, Powers powers);
    Result<> open_uploads(const config::Settings& settings, const s3::Exchange::Options& asking,
                          Powers powers);
    void open_second(const config::Settings& settings, Powers powers);

    UniqueFd lock_;
    const std::string identity_;
    ChangeListener listener_;
    CircuitBreaker breaker_{"objects"};
    CircuitBreaker reading_breaker_{"objects_reading"};
    // Players do not wait behind a film that comes in, nor behind one that is being made.
    net::thread_pool reads_{2};
    net::thread_pool writes_{2};
    net::thread_pool uploading_{2};
    net::thread_pool spooling_{1};
    std::unique_ptr<s3::Exchange> uploads_exchange_;  ///< nullptr: uploads are files here.
    std::unique_ptr<BlobStore> unchanged_;  ///< On trial what blobs_ reads; nullptr: it is it.
    std::unique_ptr<BlobStore> blobs_;
    s3::S3BlobStore* s3_ = nullptr;
    std::unique_ptr<UploadFiles> uploads_;
    std::unique_ptr<SecondStore> second_;
    std::optional<Error> second_trouble_;
    ObjectTally tally_;
    std::unique_ptr<HealingStore> healing_;
    std::unique_ptr<ChatSpool> chat_spool_;
    std::unique_ptr<SignOutSpool> sign_outs_;
};

}  // namespace syncwatch::apps
