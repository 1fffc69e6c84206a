#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "ports/blob_store.h"

namespace syncwatch {

/// Copies an object from one store into another: never what is damaged. Its bytes are compared with
/// the ledger's sum before they leave, by what the other store says that it took, and once more as
/// that store gives them back.
class ObjectCopier {
public:
    /// Larger ones go through a file in `scratch`, so that memory stays flat.
    static constexpr std::uint64_t kMostInMemory = 16ull * 1024 * 1024;

    /// Makes `scratch`, or empties it: one copier for each folder. `pool` reads and writes files,
    /// and outlives this. Errors: Unavailable.
    static Result<std::unique_ptr<ObjectCopier>> make(std::filesystem::path scratch,
                                                      net::thread_pool& pool);

    /// Errors: Corrupt or NotFound (reason "bad_source": `from` has no whole copy), Corrupt (reason
    /// "bad_copy"), Unavailable, Cancelled (stop()).
    Async<> copy(BlobStore& from, BlobStore& to, StoredBlob object);
    /// Ends what reads and writes files here.
    void stop() { stopped_ = true; }

private:
    ObjectCopier(std::filesystem::path scratch, net::thread_pool& pool)
        : scratch_(std::move(scratch)), pool_(pool) {}

    Async<StoredBlob> send_small(BlobStore& to, std::shared_ptr<const OpenBlob> blob,
                                 StoredBlob object);
    Async<StoredBlob> send_large(BlobStore& to, std::shared_ptr<const OpenBlob> blob,
                                 StoredBlob object);
    Result<> fill(int to, const OpenBlob& from, const StoredBlob& object) const;

    const std::filesystem::path scratch_;
    net::thread_pool& pool_;
    std::atomic<bool> stopped_{false};
    std::atomic<std::uint64_t> next_{0};
};

}  // namespace syncwatch
