#include "adapters/s3/s3_blob_store.h"

#include <set>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>

#include "adapters/filesystem/file_blob_store.h"
#include "adapters/filesystem/files.h"
#include "base/async/offload.h"

namespace syncwatch::s3 {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// What is smaller comes whole in a moment.
constexpr std::uint64_t kLeastInPages = 32 * 1024 * 1024;
constexpr std::uint64_t kMostInMemory = 64 * 1024 * 1024;
constexpr std::uint64_t kAsGoodAsUnlimited = 1ull << 60;
/// Rounds of asking somebody else for an object; each ends within the store's deadline.
constexpr int kMostRounds = 4;

Result<> check_key(const std::string& key) {
    if (filesystem::is_blob_key(key)) return {};
    return fail(ErrorCode::InvalidInput, "not a key of an object");
}

Result<OpenBlob> opened(const Flights::Landed& landed) {
    UniqueFd copy(::fcntl(landed.file->get(), F_DUPFD_CLOEXEC, 0));
    if (!copy) return filesystem::system_failure("open", "an object that came");
    return OpenBlob{std::move(copy), landed.size};
}

tl::unexpected<Error> kept_away(const std::string& key) {
    return fail_unavailable("objects", key + " came several times and was gone each time", 5s);
}

/// What the store forbids us, in the words of the port.
Result<> no_delete(Result<> removed) {
    if (removed || removed.error().code != ErrorCode::Forbidden) return removed;
    return fail(ErrorCode::Conflict, std::move(removed.error().message), kNoDelete);
}

bool is_disk_full(const Error& error, const Download& download) {
    return error.reason == "disk_full" || download.error() != 0;
}

}  // namespace

Result<std::unique_ptr<S3BlobStore>> S3BlobStore::open(Options options, Powers powers) {
    SW_TRY(auto cache, BlobCache::open(options.cache, powers.clock));
    return std::unique_ptr<S3BlobStore>(
        new S3BlobStore(std::move(options), powers, std::move(cache)));
}

S3BlobStore::S3BlobStore(Options options, Powers powers, std::unique_ptr<BlobCache> cache)
    : powers_(powers),
      cache_(std::move(cache)),
      exchange_(std::move(options.exchange),
                Exchange::Powers{powers.clock, powers.random, powers.breaker}),
      reading_(options.reading ? std::make_unique<Exchange>(
                                     *std::move(options.reading),
                                     Exchange::Powers{powers.clock, powers.random,
                                                      powers.reading != nullptr ? *powers.reading
                                                                                : powers.breaker})
                               : nullptr),
      client_(exchange_),
      reader_(reading_ ? *reading_ : exchange_),
      sender_(exchange_, powers.writes, options.sending),
      partials_({reader_, *cache_, powers.writes}) {}

Async<> S3BlobStore::check() {
    return client_.check_bucket();
}

Result<std::string> S3BlobStore::presigned_get(const std::string& key,
                                               std::chrono::seconds lifetime) {
    SW_CHECK(check_key(key));
    return client_.presigned_get(key, lifetime);
}

S3BlobStore::CacheFigures S3BlobStore::cache_figures() const {
    return {hits_,          misses_,         read_bytes_,         cache_->evicted_bytes(),
            cache_->size(), cache_->limit(), cache_->times_full()};
}

/// A read counts by what its first look found, however often it looks.
void S3BlobStore::count_read(bool is_here, int round) {
    if (round == 1) ++(is_here ? hits_ : misses_);
}

void S3BlobStore::forget(const std::string& key) {
    flights_.forget(key);
    partials_.forget(key);
    cache_->forget(key);
}

Async<StoredBlob> S3BlobStore::put(std::string key, std::string bytes) {
    SW_CO_CHECK(check_key(key));
    const auto shared = std::make_shared<const std::string>(std::move(bytes));
    // Before it as well: when its answer is lost nobody knows which of the two is there.
    auto prepare = [this, key, shared] {
        forget(key);
        return sha256(as_bytes(*shared));
    };
    const Sha256Sum sum = co_await offload(powers_.writes, std::move(prepare));
    HttpBody body;
    body.text = shared;
    body.size = shared->size();
    SW_CO_CHECK(co_await client_.put(key, std::move(body), sum));
    auto keep = [this, key, shared] {
        forget(key);
        cache_->put(key, *shared);
        return true;
    };
    co_await offload(powers_.writes, std::move(keep));
    co_return StoredBlob{std::move(key), shared->size(), sum};
}

Async<StoredBlob> S3BlobStore::put_file(std::string key, fs::path file) {
    SW_CO_CHECK(check_key(key));
    auto prepare = [this, key, file]() -> Result<std::shared_ptr<const UniqueFd>> {
        SW_TRY(UniqueFd fd, filesystem::open_file(file, O_RDONLY));
        forget(key);
        return std::make_shared<const UniqueFd>(std::move(fd));
    };
    SW_CO_TRY(auto fd, co_await offload(powers_.writes, std::move(prepare)));
    SW_CO_TRY(const FileSender::Sent sent, co_await sender_.send(key, std::move(fd)));
    auto keep = [this, key, file, size = sent.size] {
        forget(key);
        cache_->adopt(key, file, size);
        return true;
    };
    co_await offload(powers_.writes, std::move(keep));
    co_return StoredBlob{std::move(key), sent.size, sent.sha256};
}

Async<std::uint64_t> S3BlobStore::adopt_file(std::string key, fs::path file) {
    SW_CO_TRY(const StoredBlob stored, co_await put_file(std::move(key), std::move(file)));
    co_return stored.size;
}

Async<StoredBlob> S3BlobStore::measure(std::string key) {
    SW_CO_CHECK(check_key(key));
    const auto nowhere = std::make_shared<Download>();
    SW_CO_TRY(const ObjectFacts facts, co_await client_.get(key, nowhere));
    co_return StoredBlob{std::move(key), facts.size, *facts.sha256};
}

Async<OpenBlob> S3BlobStore::open(std::string key) {
    SW_CO_CHECK(check_key(key));
    for (int round = 1; round <= kMostRounds; ++round) {
        auto look = [this, key] { return cache_->find(key); };
        auto here = co_await offload(powers_.reads, std::move(look));
        count_read(here.has_value(), round);
        if (here) co_return *std::move(here);
        auto pilot = flights_.lead(key);
        if (pilot) co_return co_await bring(key, *std::move(pilot));
        const Flights::Outcome outcome = co_await flights_.join(key);
        if (!outcome) continue;
        if (*outcome) co_return opened(**outcome);
        // Who led may have needed the disk; memory will do here.
        if (outcome->error().reason != "disk_full") co_return fail(outcome->error());
    }
    co_return kept_away(key);
}

Async<OpenBlob> S3BlobStore::bring(std::string key, Flights::Pilot pilot) {
    // Somebody else's may have landed since we looked.
    auto look = [this, key]() -> std::optional<Flights::Landed> {
        auto here = cache_->find(key);
        if (!here) return std::nullopt;
        return Flights::Landed{std::make_shared<const UniqueFd>(std::move(here->fd)), here->size};
    };
    auto here = co_await offload(powers_.reads, std::move(look));
    Result<Flights::Landed> landed = fail(ErrorCode::Internal, "not asked");
    if (here) {
        landed = *std::move(here);
    } else {
        landed = co_await bring_to_disk(key, BlobCache::Pin::No);
        const bool no_room = !landed && landed.error().reason == "disk_full";
        if (no_room) landed = co_await bring_to_memory(key);
    }
    pilot.land(landed);
    if (!landed) co_return fail(std::move(landed).error());
    co_return opened(*landed);
}

Async<Flights::Landed> S3BlobStore::bring_to_disk(std::string key, BlobCache::Pin pin) {
    auto expect = [this, key] { return cache_->expect(key); };
    auto arrival = co_await offload(powers_.writes, std::move(expect));
    if (!arrival) {
        Error error = std::move(arrival).error();
        error.reason = "disk_full";
        co_return fail(std::move(error));
    }
    const auto download = std::make_shared<Download>(arrival->take_file());
    auto got = co_await reader_.get(key, download);
    if (!got) {
        Error error = std::move(got).error();
        if (!is_disk_full(error, *download)) co_return fail(std::move(error));
        auto note = [this] {
            cache_->disk_is_full();
            return true;
        };
        co_await offload(powers_.writes, std::move(note));
        error.reason = "disk_full";
        co_return fail(std::move(error));
    }
    read_bytes_ += got->size;
    auto keep = [this, key, size = got->size, pin, come = *std::move(arrival)]() mutable {
        return cache_->keep(std::move(come), key, size, pin);
    };
    co_await offload(powers_.writes, std::move(keep));
    co_return Flights::Landed{std::make_shared<const UniqueFd>(download->take_file()), got->size};
}

Async<Flights::Landed> S3BlobStore::bring_to_memory(std::string key) {
    UniqueFd memory(::memfd_create("object", MFD_CLOEXEC));
    if (!memory) co_return filesystem::system_failure("make", "a file in memory");
    const auto download = std::make_shared<Download>(std::move(memory), kMostInMemory);
    SW_CO_TRY(const ObjectFacts facts, co_await reader_.get(key, download));
    read_bytes_ += facts.size;
    co_return Flights::Landed{std::make_shared<const UniqueFd>(download->take_file()), facts.size};
}

Async<> S3BlobStore::refresh(std::string key) {
    SW_CO_CHECK(check_key(key));
    auto drop = [this, key] {
        forget(key);
        return true;
    };
    co_await offload(powers_.writes, std::move(drop));
    co_return Result<>();
}

Async<fs::path> S3BlobStore::local_path(std::string key) {
    SW_CO_CHECK(check_key(key));
    for (int round = 1; round <= kMostRounds; ++round) {
        auto look = [this, key] { return cache_->pin(key); };
        auto here = co_await offload(powers_.reads, std::move(look));
        count_read(here.has_value(), round);
        if (here) co_return *std::move(here);
        auto pilot = flights_.lead(key);
        if (pilot) {
            const auto landed = co_await bring_to_disk(key, BlobCache::Pin::Yes);
            pilot->land(landed);
            if (!landed) co_return fail(landed.error());
        } else {
            const Flights::Outcome outcome = co_await flights_.join(key);
            if (outcome && !*outcome) co_return fail(outcome->error());
        }
    }
    co_return kept_away(key);
}

Async<SourceFile> S3BlobStore::source_file(std::string key) {
    SW_CO_CHECK(check_key(key));
    auto look = [this, key] { return cache_->pin(key); };
    auto here = co_await offload(powers_.reads, std::move(look));
    SourceFile found;
    if (here) {
        count_read(true, 1);
        found.path = *std::move(here);
        co_return found;
    }
    if (auto known = partials_.find(key)) co_return SourceFile(std::move(known));
    SW_CO_TRY(const ObjectFacts facts, co_await reader_.head(key));
    if (facts.size < kLeastInPages) {
        SW_CO_TRY(found.path, co_await local_path(std::move(key)));
        co_return found;
    }
    count_read(false, 1);
    auto make = [this, key, size = facts.size] { return partials_.make(key, size); };
    SW_CO_TRY(auto made, co_await offload(powers_.writes, std::move(make)));
    co_return SourceFile(std::move(made));
}

Async<> S3BlobStore::bring_back(StoredBlob object) {
    constexpr int kMostTried = 8;
    const std::string key = object.key;
    SW_CO_CHECK(check_key(key));
    SW_CO_TRY(const auto versions, co_await client_.versions(key));
    int tried = 0;
    for (const S3Client::Version& each : versions) {
        if (each.size != object.size || tried == kMostTried) continue;
        const auto facts = co_await client_.head_version(key, each.id);
        if (!facts || facts->sha256.value_or(object.sha256) != object.sha256) continue;
        ++tried;
        // The one that is there is no copy of itself.
        const Result<> copied = co_await client_.bring_back(key, each.id);
        if (!copied && copied.error().code == ErrorCode::Unavailable) co_return copied;
        if (!copied) continue;
        auto drop = [this, key] {
            forget(key);
            return true;
        };
        co_await offload(powers_.writes, std::move(drop));
        const auto found = co_await measure(key);
        if (found && found->sha256 == object.sha256) co_return Result<>();
    }
    co_return fail(ErrorCode::NotFound, "no earlier " + key + " is kept");
}

Async<> S3BlobStore::remove(std::string key) {
    SW_CO_CHECK(check_key(key));
    Result<> answer = co_await client_.remove_if_allowed(key);
    const Result<> removed = no_delete(std::move(answer));
    auto drop = [this, key] {
        forget(key);
        return true;
    };
    co_await offload(powers_.writes, std::move(drop));
    co_return removed;
}

Async<> S3BlobStore::remove_all(std::string prefix) {
    SW_CO_CHECK(check_key(prefix));
    // A listing may be old: what was removed may still be in it, and what came late not yet.
    std::set<std::string> removed;
    for (bool more = true; more;) {
        SW_CO_TRY(std::vector<std::string> names, co_await client_.list(prefix + "/"));
        std::erase_if(names, [&](const std::string& name) { return removed.contains(name); });
        more = !names.empty();
        if (!more) break;
        removed.insert(names.begin(), names.end());
        Result<> answer = co_await client_.remove_many(std::move(names));
        SW_CO_CHECK(no_delete(std::move(answer)));
    }
    auto drop = [this, prefix] {
        cache_->forget_all(prefix);
        partials_.forget_all(prefix);
        return true;
    };
    co_await offload(powers_.writes, std::move(drop));
    co_return Result<>();
}

Async<std::vector<std::string>> S3BlobStore::list(std::string prefix) {
    SW_CO_CHECK(check_key(prefix));
    co_return co_await client_.list(prefix + "/");
}

Async<BlobPage> S3BlobStore::list_page(std::string prefix, std::string from) {
    SW_CO_CHECK(check_key(prefix));
    SW_CO_TRY(S3Client::Page listed, co_await client_.list_page(prefix + "/", std::move(from)));
    BlobPage page;
    page.next = std::move(listed.next);
    for (S3Client::Listed& each : listed.all) {
        // Other programs mark folders with objects that end in a slash.
        if (!filesystem::is_blob_key(each.name)) continue;
        page.all.push_back({std::move(each.name), each.size, each.stored_at});
    }
    co_return page;
}

Async<std::uint64_t> S3BlobStore::size_of(std::string key) {
    SW_CO_CHECK(check_key(key));
    SW_CO_TRY(const ObjectFacts facts, co_await client_.head(std::move(key)));
    co_return facts.size;
}

Async<std::uint64_t> S3BlobStore::free_bytes() {
    co_return kAsGoodAsUnlimited;
}

}  // namespace syncwatch::s3
