#pragma once
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "ports/blob_store.h"
#include "ports/clock.h"

namespace syncwatch {

/// Objects that were asked for a moment ago, kept open: everybody in a room asks for the same
/// segment within a second. Objects never change under their key, so nothing can be stale but what
/// was removed, and that for a few seconds. Safe from any thread.
class OpenBlobs {
public:
    OpenBlobs(BlobStore& blobs, const Clock& clock) : blobs_(blobs), clock_(clock) {}

    /// A descriptor of the caller's own. Errors: as BlobStore::open.
    Async<OpenBlob> open(std::string key);

private:
    struct Kept {
        std::string key;
        std::shared_ptr<const OpenBlob> blob;
        Instant opened_at{};
    };
    using Order = std::list<Kept>;

    std::shared_ptr<const OpenBlob> find(const std::string& key);
    void keep(std::string key, std::shared_ptr<const OpenBlob> blob);

    BlobStore& blobs_;
    const Clock& clock_;
    std::mutex mutex_;  // Guards the two below.
    Order order_;       ///< The one opened last in front.
    std::map<std::string, Order::iterator, std::less<>> by_key_;
};

}  // namespace syncwatch
