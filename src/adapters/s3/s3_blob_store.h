#pragma once
#include <atomic>
#include <memory>
#include <optional>

#include <boost/asio/thread_pool.hpp>

#include "adapters/s3/blob_cache.h"
#include "adapters/s3/exchange.h"
#include "adapters/s3/file_sender.h"
#include "adapters/s3/flights.h"
#include "adapters/s3/partial_objects.h"
#include "ports/blob_store.h"

namespace syncwatch::s3 {

/// Objects in an S3 store that several nodes share, behind a cache on this node's disk. An object
/// that was read here once is read from here again, without asking the store: replacing or removing
/// one on another node is not noticed before it leaves the cache.
///
/// A full disk costs the cache, not the service: objects of up to 64 MiB then pass through memory.
/// What callers have under way ends before this does.
class S3BlobStore final : public BlobStore {
public:
    struct Options {
        Exchange::Options exchange;
        BlobCache::Options cache;
        FileSender::Options sending = {};
        /// For what players wait for, where somebody else has it too: less patient, and with the
        /// breaker of its own. nullopt: as the rest.
        std::optional<Exchange::Options> reading = {};
    };
    /// They outlive the store. `reads` opens what players wait for; `writes` does everything that
    /// may take long, or wait for the disk.
    struct Powers {
        Clock& clock;
        Random& random;
        CircuitBreaker& breaker;  ///< Named "objects".
        net::thread_pool& reads;
        net::thread_pool& writes;
        /// Of Options::reading: a store that is slow to read from is not away for writers.
        CircuitBreaker* reading = nullptr;
    };

    /// How the cache serves, since the start.
    struct CacheFigures {
        std::uint64_t hits = 0;        ///< Reads of objects that it had.
        std::uint64_t misses = 0;      ///< Reads that had to ask the store, or wait for who did.
        std::uint64_t read_bytes = 0;  ///< From the store.
        std::uint64_t evicted_bytes = 0;
        std::uint64_t bytes = 0;  ///< In it now.
        std::uint64_t limit = 0;
        std::uint64_t disk_full = 0;  ///< How often its disk was found full.
    };

    /// Takes up the cache; asks the store for nothing. Errors: Unavailable.
    static Result<std::unique_ptr<S3BlobStore>> open(Options options, Powers powers);

    /// That the bucket is there and takes our keys: for the start of a server, and for its health.
    /// Errors: Unavailable, saying what to do.
    Async<> check();
    /// An address that whoever has it may read the object at, from the store itself, for half of
    /// `lifetime` at least and all of it at most (seven days); the same for a while. Says nothing
    /// about whether it is there. Errors: InvalidInput (key), Unavailable (no credentials).
    Result<std::string> presigned_get(const std::string& key, std::chrono::seconds lifetime);
    /// Safe from any thread.
    CacheFigures cache_figures() const;
    /// Ends what is under way: callers get Cancelled.
    void stop() {
        exchange_.stop();
        if (reading_) reading_->stop();
    }

    Async<StoredBlob> put(std::string key, std::string bytes) override;
    Async<StoredBlob> put_file(std::string key, std::filesystem::path file) override;
    /// Reads the file all the same: the store wants its checksum before its bytes.
    Async<std::uint64_t> adopt_file(std::string key, std::filesystem::path file) override;
    Async<StoredBlob> measure(std::string key) override;
    Async<OpenBlob> open(std::string key) override;
    Async<> refresh(std::string key) override;
    /// The path is good for BlobCache::kPinned from the last time it was asked for, however full
    /// the cache is. On a full disk: Unavailable (reason "disk_full").
    Async<std::filesystem::path> local_path(std::string key) override;
    /// What is large and not in the cache comes in pages, as it is read.
    Async<SourceFile> source_file(std::string key) override;
    /// By the store itself: nothing comes here but to be measured.
    Async<> bring_back(StoredBlob object) override;
    Async<> remove(std::string key) override;
    Async<> remove_all(std::string prefix) override;
    Async<std::vector<std::string>> list(std::string prefix) override;
    Async<BlobPage> list_page(std::string prefix, std::string from) override;
    Async<std::uint64_t> size_of(std::string key) override;
    /// Nobody can say; as good as unlimited: 1 EiB.
    Async<std::uint64_t> free_bytes() override;

private:
    S3BlobStore(Options options, Powers powers, std::unique_ptr<BlobCache> cache);

    void forget(const std::string& key);
    void count_read(bool is_here, int round);
    Async<OpenBlob> bring(std::string key, Flights::Pilot pilot);
    Async<Flights::Landed> bring_to_disk(std::string key, BlobCache::Pin pin);
    Async<Flights::Landed> bring_to_memory(std::string key);

    const Powers powers_;
    const std::unique_ptr<BlobCache> cache_;
    std::atomic<std::uint64_t> hits_{0};
    std::atomic<std::uint64_t> misses_{0};
    std::atomic<std::uint64_t> read_bytes_{0};
    Flights flights_;
    Exchange exchange_;
    const std::unique_ptr<Exchange> reading_;
    S3Client client_;
    S3Client reader_;  ///< What comes into the cache comes by this one.
    FileSender sender_;
    PartialObjects partials_;
};

}  // namespace syncwatch::s3
