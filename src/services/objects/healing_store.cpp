#include "services/objects/healing_store.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "base/log/log.h"
#include "services/objects/blob_reading.h"
#include "services/objects/far_store.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Neither the store nor the object is at fault: the caller is, or it is over.
bool is_callers_own(const Error& error) {
    return error.code == ErrorCode::InvalidInput || error.code == ErrorCode::Cancelled;
}

Error faulty_error(const std::string& key, Condition found) {
    const auto code = found == Condition::Missing ? ErrorCode::NotFound : ErrorCode::Unavailable;
    Error error;
    error.code = code;
    error.message = key + " is " + std::string(text(found));
    if (code == ErrorCode::Unavailable) {
        error.component = "objects";
        error.retry_after = 5s;
    }
    return error;
}

bool has_size(const Result<SourceFile>& file, std::uint64_t size) {
    if (!file) return false;
    std::error_code failed;
    const auto found = fs::file_size(file->path, failed);
    return !failed && found == size;
}

}  // namespace

Async<> HealingStore::refresh(std::string key) {
    if (powers_.second != nullptr) SW_CO_CHECK(co_await powers_.second->refresh(key));
    co_return co_await powers_.first.refresh(std::move(key));
}

Async<> HealingStore::remove(std::string key) {
    const Result<> first = co_await powers_.first.remove(key);
    if (powers_.second == nullptr) co_return first;
    const Result<> second = co_await remove_from_second(*powers_.second, std::move(key));
    co_return first ? second : first;
}

Async<> HealingStore::remove_all(std::string prefix) {
    const Result<> first = co_await powers_.first.remove_all(prefix);
    if (powers_.second == nullptr) co_return first;
    const Result<> second = co_await remove_all_from_second(*powers_.second, std::move(prefix));
    co_return first ? second : first;
}

Async<OpenBlob> HealingStore::open(std::string key) {
    Result<OpenBlob> opened = co_await powers_.first.open(key);
    if (opened && known_first_.has(key, *opened)) co_return opened;
    if (!opened && is_callers_own(opened.error())) co_return opened;
    auto line = co_await powers_.replicas.find_line(key);
    if (!line) co_return co_await open_unjudged(std::move(key), std::move(opened));
    if (!*line) co_return opened;
    LedgerLine known = **std::move(line);
    StoredBlob expected = known.object;
    Look first = co_await look(powers_.first, known_first_, std::move(expected), std::move(opened));
    if (first.blob) co_return *std::move(first.blob);
    co_return co_await open_elsewhere(std::move(known), std::move(first));
}

/// Nobody can tell what it should be: better one that may be wrong than none.
Async<OpenBlob> HealingStore::open_unjudged(std::string key, Result<OpenBlob> opened) {
    if (opened || powers_.second == nullptr) co_return opened;
    auto other = co_await powers_.second->open(std::move(key));
    if (!other) co_return opened;
    ++powers_.tally.served_by_second;
    co_return other;
}

net::awaitable<HealingStore::Look> HealingStore::look_once(KnownFiles& known, StoredBlob expected,
                                                           Result<OpenBlob> opened) {
    Look look;
    if (!opened) {
        look.condition = condition_from(opened.error());
        look.error = std::move(opened).error();
        co_return look;
    }
    auto blob = std::make_shared<OpenBlob>(*std::move(opened));
    look.condition = Condition::Whole;
    if (!known.has(expected.key, *blob)) {
        look.condition = co_await check_blob(powers_.reads, blob, expected);
    }
    if (look.condition == Condition::Whole) {
        known.add(expected.key, *blob);
        // Nobody else has it any more: the reading is over.
        look.blob = std::move(*blob);
    } else {
        look.error = faulty_error(expected.key, look.condition);
    }
    co_return look;
}

net::awaitable<HealingStore::Look> HealingStore::look(BlobStore& store, KnownFiles& known,
                                                      StoredBlob expected,
                                                      Result<OpenBlob> opened) {
    const bool was_there = opened.has_value();
    Look found = co_await look_once(known, expected, std::move(opened));
    if (found.blob || !was_there) co_return found;
    // It may be the copy that is kept nearby that is damaged, and not the store's.
    (void)co_await store.refresh(expected.key);
    Result<OpenBlob> again = co_await store.open(expected.key);
    co_return co_await look_once(known, std::move(expected), std::move(again));
}

Async<OpenBlob> HealingStore::open_elsewhere(LedgerLine line, Look first) {
    const std::string key = line.object.key;
    if (powers_.second != nullptr) {
        Result<OpenBlob> opened = co_await powers_.second->open(key);
        StoredBlob expected = line.object;
        Look second =
            co_await look(*powers_.second, known_second_, std::move(expected), std::move(opened));
        if (second.blob) {
            ++powers_.tally.served_by_second;
            if (is_faulty(first.condition)) {
                co_await note(std::move(line), first.condition);
            }
            co_return *std::move(second.blob);
        }
    }
    // Whoever is away may come back with it: nothing is made, nothing is called lost.
    if (first.condition == Condition::Away) co_return fail(std::move(first.error));
    const bool lost = line.fault == ObjectFault::Lost;
    co_await note(std::move(line), first.condition);
    const Result<> made = co_await make_again(key);
    if (!made) {
        log::warning("objects.not_made_again", {{"key", key}, {"error", made.error().message}});
        // Until somebody has found that it is lost, another node may have it made in a moment.
        if (lost) co_return fail(std::move(first.error));
        co_return fail_unavailable("objects", key + " is being repaired", 2s);
    }
    co_return co_await open_made(key);
}

/// It may have been made by another process, and what is kept nearby is what was bad.
Async<OpenBlob> HealingStore::open_made(std::string key) {
    Result<OpenBlob> opened = co_await powers_.first.open(key);
    auto line = co_await powers_.replicas.find_line(key);
    if (!line || !*line) co_return opened;
    StoredBlob expected = std::move((*line)->object);
    Look made = co_await look(powers_.first, known_first_, std::move(expected), std::move(opened));
    if (made.blob) co_return *std::move(made.blob);
    co_return fail(std::move(made.error));
}

Async<> HealingStore::make_again(std::string key) {
    ObjectMaker* const maker = maker_;
    if (maker == nullptr) {
        co_return fail(ErrorCode::Unavailable, "nobody here makes objects again", kNoMaker);
    }
    const Instant deadline = powers_.clock.now() + kMakingPatience;
    co_return co_await maker->make_again(std::move(key), deadline);
}

net::awaitable<void> HealingStore::note(LedgerLine line, Condition found) {
    // Whoever asked before has said so already.
    if (line.fault != ObjectFault::None) co_return;
    powers_.tally.count_fault(found);
    log::warning("objects.faulty", {{"key", line.object.key}, {"is", text(found)}});
    StoredBlob object = std::move(line.object);
    const WallTime now = powers_.clock.wall();
    const Result<> noted =
        co_await powers_.replicas.note_fault(std::move(object), ObjectFault::Damaged, now);
    if (!noted) log::warning("objects.fault_not_noted", {{"error", noted.error().message}});
    if (told_) told_();
}

Async<fs::path> HealingStore::local_path(std::string key) {
    auto find = [](BlobStore& store, std::string wanted) -> Async<SourceFile> {
        SW_CO_TRY(SourceFile whole, co_await store.local_path(std::move(wanted)));
        co_return whole;
    };
    SW_CO_TRY(const SourceFile found, co_await find_file(std::move(key), find));
    co_return found.path;
}

Async<SourceFile> HealingStore::source_file(std::string key) {
    return find_file(std::move(key), [](BlobStore& store, std::string wanted) {
        return store.source_file(std::move(wanted));
    });
}

Async<SourceFile> HealingStore::find_file(std::string key, FindFile find) {
    auto file = co_await find(powers_.first, key);
    if (!file && is_callers_own(file.error())) co_return file;
    const auto line = co_await powers_.replicas.find_line(key);
    if (!line || !*line) co_return file;
    const std::uint64_t size = (*line)->object.size;
    if (has_size(file, size)) co_return file;
    const Condition found = file ? Condition::Truncated : condition_from(file.error());
    if (is_faulty(found)) {
        LedgerLine faulty = **line;
        co_await note(std::move(faulty), found);
    }
    if (powers_.second != nullptr) {
        auto other = co_await find(*powers_.second, key);
        if (has_size(other, size)) {
            ++powers_.tally.served_by_second;
            co_return other;
        }
    }
    if (!file) co_return file;
    co_return fail(faulty_error(key, found));
}

}  // namespace syncwatch
