#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "ports/blob_store.h"
#include "ports/clock.h"

namespace syncwatch::s3 {

/// Objects of the store that this node has lately read or written, as files in a folder of its own.
/// A size limit; what was not used for longest goes first, and whoever has it open reads on.
/// Nothing in it is precious: no file is flushed, and one whose size is not that in its name (the
/// machine lost power) is thrown away. Blocking, for threads of a pool; safe from any of them.
class BlobCache {
public:
    struct Options {
        std::filesystem::path folder;
        std::uint64_t limit = 10ull * 1024 * 1024 * 1024;  ///< Bytes; pinned files may exceed it.
    };
    /// How long a pinned file stays although there is no room: longer than any job on a film.
    static constexpr std::chrono::hours kPinned{24};

    /// A file that an object may come into. Gone without keep(): the file is removed.
    class Arrival {
    public:
        /// Open for reading and writing, empty; once.
        UniqueFd take_file() { return std::move(slot_->file); }
        const std::filesystem::path& path() const { return slot_->path; }

    private:
        friend class BlobCache;
        struct Slot {
            Slot(BlobCache& of, std::uint64_t number_of) : cache(of), number(number_of) {}
            ~Slot();
            BlobCache& cache;
            const std::uint64_t number;
            std::filesystem::path path = {};
            UniqueFd file = {};
        };
        explicit Arrival(std::unique_ptr<Slot> slot) : slot_(std::move(slot)) {}

        std::unique_ptr<Slot> slot_;
    };
    enum class Pin : std::uint8_t { No, Yes };

    /// Makes the folder, or takes up what an earlier process left in it. One process at a time.
    /// `clock` outlives it. Errors: Unavailable.
    static Result<std::unique_ptr<BlobCache>> open(Options options, Clock& clock);

    /// The object's file if it is here; it then counts as used.
    std::optional<OpenBlob> find(const std::string& key);
    /// The same as a path, which stays for kPinned, or until the object is forgotten.
    std::optional<std::filesystem::path> pin(const std::string& key);

    /// Errors: Unavailable (the disk is full, or was a moment ago).
    Result<Arrival> expect(const std::string& key);
    /// What has come is the object now, unless it was forgotten meanwhile or is larger than the
    /// cache. False: it is not kept; who has it open reads it all the same.
    bool keep(Arrival arrival, const std::string& key, std::uint64_t size, Pin pin = Pin::No);
    void put(const std::string& key, const std::string& bytes);
    /// Takes the file in, or removes it.
    void adopt(const std::string& key, const std::filesystem::path& file, std::uint64_t size);

    void forget(const std::string& key);
    /// Everything under `prefix` + "/".
    void forget_all(const std::string& prefix);
    /// A write found no room: makes some, and keeps nothing for a while.
    void disk_is_full();

    std::uint64_t size() const;
    std::uint64_t limit() const { return options_.limit; }
    /// Bytes that went to make room, since the start.
    std::uint64_t evicted_bytes() const;
    /// How often the disk was found full.
    std::uint64_t times_full() const;

private:
    struct Entry {
        std::uint64_t size = 0;
        Instant pinned_until{};
        std::list<std::string>::iterator use;  ///< Its place in uses_.
    };
    using Entries = std::map<std::string, Entry>;

    BlobCache(Options options, Clock& clock) : options_(std::move(options)), clock_(clock) {}
    Result<> take_up();
    std::filesystem::path path_of(const std::string& key, std::uint64_t size) const;

    // With mutex_ held:
    Result<> move_in(const std::filesystem::path& from, const std::string& key, std::uint64_t size,
                     Pin pin);
    void insert(const std::string& key, std::uint64_t size, Pin pin);
    void drop(Entries::iterator entry);
    void evict_to(std::uint64_t limit);

    const Options options_;
    Clock& clock_;
    mutable std::mutex mutex_;  // Guards what follows, and the names in the folder.
    Entries entries_;
    std::list<std::string> uses_;  ///< Keys, the one used last in front.
    std::map<std::uint64_t, std::string> arriving_;
    std::uint64_t next_ = 0;
    std::uint64_t size_ = 0;
    std::uint64_t evicted_ = 0;  ///< Bytes.
    Instant full_until_{};
    std::uint64_t times_full_ = 0;
};

}  // namespace syncwatch::s3
