#include "adapters/s3/blob_cache.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/filesystem/files.h"
#include "base/log/log.h"

namespace syncwatch::s3 {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char* kArriving = ".tmp";
/// In no key: "a" and "a/b" are "a,3" and "a,/b,3" (3 bytes each), so that both can be here.
constexpr char kMark = ',';
constexpr auto kFullFor = 30s;
constexpr std::uint64_t kRoomToMake = 10;  ///< One part in so many, when the disk is full.

struct FoundFile {
    std::string key;
    std::uint64_t size = 0;
    std::int64_t used_ns = 0;
};

/// The key and the size that a file's name tells; nullopt: it is none of ours, or not whole.
std::optional<FoundFile> read_name(const fs::path& path, const fs::path& root) {
    struct ::stat facts {};
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
    FoundFile found;
    const fs::path relative = path.lexically_relative(root);
    for (const fs::path& part : relative.parent_path()) {
        std::string name = part.string();
        if (!name.ends_with(kMark)) return std::nullopt;
        name.back() = '/';
        found.key += name;
    }
    const std::string name = relative.filename().string();
    const std::size_t mark = name.rfind(kMark);
    if (mark == std::string::npos) return std::nullopt;
    found.key += name.substr(0, mark);
    const char* const end = name.data() + name.size();
    const auto [stop, failed] = std::from_chars(name.data() + mark + 1, end, found.size);
    const bool whole =
        failed == std::errc() && stop == end && std::cmp_equal(found.size, facts.st_size);
    if (!whole) return std::nullopt;
    constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
    found.used_ns = facts.st_atim.tv_sec * kNanosecondsPerSecond + facts.st_atim.tv_nsec;
    return found;
}

/// Folders that nothing is in any more, up to the root.
void remove_empty_folders(fs::path folder, const fs::path& root) {
    while (folder != root && ::rmdir(folder.c_str()) == 0) folder = folder.parent_path();
}

}  // namespace

BlobCache::Arrival::Slot::~Slot() {
    if (!path.empty()) ::unlink(path.c_str());
    const std::lock_guard lock(cache.mutex_);
    cache.arriving_.erase(number);
}

Result<std::unique_ptr<BlobCache>> BlobCache::open(Options options, Clock& clock) {
    std::error_code failed;
    options.folder = fs::absolute(options.folder, failed);
    SW_CHECK(filesystem::ensure_folder(options.folder));
    fs::remove_all(options.folder / kArriving, failed);
    SW_CHECK(filesystem::ensure_folder(options.folder / kArriving));
    std::unique_ptr<BlobCache> cache(new BlobCache(std::move(options), clock));
    SW_CHECK(cache->take_up());
    return cache;
}

Result<> BlobCache::take_up() {
    std::vector<FoundFile> found;
    std::vector<fs::path> strange;
    std::error_code failed;
    fs::recursive_directory_iterator each(options_.folder, failed);
    for (; !failed && each != fs::recursive_directory_iterator(); each.increment(failed)) {
        std::error_code vanished;
        if (each->is_directory(vanished)) continue;
        if (auto file = read_name(each->path(), options_.folder)) {
            found.push_back(*std::move(file));
        } else {
            strange.push_back(each->path());
        }
    }
    if (failed) {
        errno = failed.value();
        return filesystem::system_failure("look through", options_.folder);
    }
    for (const fs::path& path : strange) ::unlink(path.c_str());
    std::ranges::sort(found, {}, &FoundFile::used_ns);
    const std::lock_guard lock(mutex_);
    for (const FoundFile& file : found) insert(file.key, file.size, Pin::No);
    evict_to(options_.limit);
    return {};
}

fs::path BlobCache::path_of(const std::string& key, std::uint64_t size) const {
    std::string name;
    for (const char c : key) {
        if (c == '/') name += kMark;
        name += c;
    }
    return options_.folder / (name + kMark + std::to_string(size));
}

std::optional<OpenBlob> BlobCache::find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    const fs::path path = path_of(key, found->second.size);
    auto file = filesystem::open_file(path, O_RDONLY);
    const auto size = file ? filesystem::file_size(file->get(), path) : fail(file.error());
    if (!size || *size != found->second.size) {
        drop(found);
        return std::nullopt;
    }
    uses_.splice(uses_.begin(), uses_, found->second.use);
    // The order survives a restart in the files' times of use. When they were written stays, so
    // that others can tell whether a file is still the one they looked at.
    constexpr std::timespec kUsedNow[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
    ::futimens(file->get(), kUsedNow);
    return OpenBlob{*std::move(file), *size};
}

std::optional<fs::path> BlobCache::pin(const std::string& key) {
    if (!find(key)) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    found->second.pinned_until = clock_.now() + kPinned;
    return path_of(key, found->second.size);
}

Result<BlobCache::Arrival> BlobCache::expect(const std::string& key) {
    std::unique_ptr<Arrival::Slot> slot;
    {
        const std::lock_guard lock(mutex_);
        if (clock_.now() < full_until_) {
            return fail_unavailable("objects", "the cache's disk is full", kFullFor);
        }
        slot = std::make_unique<Arrival::Slot>(*this, ++next_);
        arriving_[slot->number] = key;
    }
    const fs::path path = options_.folder / kArriving / std::to_string(slot->number);
    SW_TRY(slot->file, filesystem::open_file(path, O_RDWR | O_CREAT | O_EXCL));
    slot->path = path;
    return Arrival(std::move(slot));
}

bool BlobCache::keep(Arrival arrival, const std::string& key, std::uint64_t size, Pin pin) {
    const std::lock_guard lock(mutex_);
    // forget() takes the number away: what comes now may be what was there before.
    if (arriving_.erase(arrival.slot_->number) == 0) return false;
    if (size > options_.limit && pin == Pin::No) return false;
    const Result<> moved = move_in(arrival.slot_->path, key, size, pin);
    if (!moved) log::debug("objects.not_cached", {{"error", moved.error().message}});
    return moved.has_value();
}

void BlobCache::put(const std::string& key, const std::string& bytes) {
    forget(key);
    if (bytes.size() > options_.limit) return;
    auto arrival = expect(key);
    if (!arrival) return;
    const UniqueFd file = arrival->take_file();
    const auto written = filesystem::write_all(file.get(), bytes, 0, arrival->slot_->path);
    if (written) {
        (void)keep(*std::move(arrival), key, bytes.size());
    } else if (written.error().reason == "disk_full") {
        disk_is_full();
    }
}

void BlobCache::adopt(const std::string& key, const fs::path& file, std::uint64_t size) {
    forget(key);
    if (size <= options_.limit) {
        const std::lock_guard lock(mutex_);
        if (move_in(file, key, size, Pin::No)) return;
    }
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
        log::warning("objects.file_left_over", {{"file", file.string()}});
    }
}

Result<> BlobCache::move_in(const fs::path& from, const std::string& key, std::uint64_t size,
                            Pin pin) {
    const auto found = entries_.find(key);
    if (found != entries_.end()) drop(found);
    const fs::path to = path_of(key, size);
    std::error_code failed;
    fs::create_directories(to.parent_path(), failed);
    if (::rename(from.c_str(), to.c_str()) != 0) return filesystem::system_failure("move to", to);
    insert(key, size, pin);
    evict_to(options_.limit);
    return {};
}

void BlobCache::insert(const std::string& key, std::uint64_t size, Pin pin) {
    uses_.push_front(key);
    Entry entry{size, {}, uses_.begin()};
    if (pin == Pin::Yes) entry.pinned_until = clock_.now() + kPinned;
    entries_.insert_or_assign(key, entry);
    size_ += size;
}

void BlobCache::drop(Entries::iterator entry) {
    const fs::path path = path_of(entry->first, entry->second.size);
    ::unlink(path.c_str());
    remove_empty_folders(path.parent_path(), options_.folder);
    size_ -= entry->second.size;
    uses_.erase(entry->second.use);
    entries_.erase(entry);
}

void BlobCache::evict_to(std::uint64_t limit) {
    const Instant now = clock_.now();
    auto next = uses_.end();
    while (size_ > limit && next != uses_.begin()) {
        const auto entry = entries_.find(*--next);
        if (entry->second.pinned_until > now) continue;
        ++next;
        evicted_ += entry->second.size;
        drop(entry);
    }
}

void BlobCache::forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    std::erase_if(arriving_, [&](const auto& each) { return each.second == key; });
    const auto found = entries_.find(key);
    if (found != entries_.end()) drop(found);
}

void BlobCache::forget_all(const std::string& prefix) {
    const std::string start = prefix + "/";
    const std::lock_guard lock(mutex_);
    std::erase_if(arriving_, [&](const auto& each) { return each.second.starts_with(start); });
    for (auto each = entries_.lower_bound(start);
         each != entries_.end() && each->first.starts_with(start);) {
        drop(each++);
    }
}

void BlobCache::disk_is_full() {
    const std::lock_guard lock(mutex_);
    if (clock_.now() >= full_until_) {
        ++times_full_;
        log::warning("objects.cache_disk_full",
                     {{"folder", options_.folder.string()}, {"bytes", size_}});
    }
    full_until_ = clock_.now() + kFullFor;
    evict_to(size_ - size_ / kRoomToMake);
}

std::uint64_t BlobCache::size() const {
    const std::lock_guard lock(mutex_);
    return size_;
}

std::uint64_t BlobCache::evicted_bytes() const {
    const std::lock_guard lock(mutex_);
    return evicted_;
}

std::uint64_t BlobCache::times_full() const {
    const std::lock_guard lock(mutex_);
    return times_full_;
}

}  // namespace syncwatch::s3
