#include "adapters/memory/memory_short_lived_store.h"

#include <utility>

namespace syncwatch {

MemoryShortLivedStore::Entry* MemoryShortLivedStore::find(const std::string& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    if (found->second.until > clock_.now()) return &found->second;
    entries_.erase(found);
    return nullptr;
}

Result<MemoryShortLivedStore::Entry*> MemoryShortLivedStore::make(const std::string& key,
                                                                  Span span) {
    const Instant now = clock_.now();
    if (entries_.size() >= options_.max_keys && !entries_.contains(key)) {
        std::erase_if(entries_, [now](const auto& each) { return each.second.until <= now; });
        if (entries_.size() >= options_.max_keys) {
            return fail(ErrorCode::Exhausted, "too much short-lived state");
        }
    }
    Entry& entry = entries_[key];
    entry = Entry{{}, 0, now + span};
    return &entry;
}

Async<> MemoryShortLivedStore::put(std::string key, std::string value, Span span) {
    const std::lock_guard lock(mutex_);
    SW_CO_TRY(Entry* const entry, make(key, span));
    entry->value = std::move(value);
    co_return Result<>();
}

Async<std::optional<std::string>> MemoryShortLivedStore::get(std::string key) {
    const std::lock_guard lock(mutex_);
    const Entry* const entry = find(key);
    if (entry == nullptr) co_return std::nullopt;
    co_return entry->value;
}

Async<std::optional<std::string>> MemoryShortLivedStore::take(std::string key) {
    const std::lock_guard lock(mutex_);
    Entry* const entry = find(key);
    if (entry == nullptr) co_return std::nullopt;
    std::string value = std::move(entry->value);
    entries_.erase(key);
    co_return value;
}

Async<bool> MemoryShortLivedStore::claim(std::string key, Span span) {
    const std::lock_guard lock(mutex_);
    if (find(key) != nullptr) co_return false;
    SW_CO_CHECK(make(key, span));
    co_return true;
}

Async<std::int64_t> MemoryShortLivedStore::add(std::string key, std::int64_t by, Span span) {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(key);
    if (entry == nullptr) {
        SW_CO_TRY(entry, make(key, span));
    }
    entry->count += by;
    co_return entry->count;
}

Async<> MemoryShortLivedStore::remove(std::string key) {
    const std::lock_guard lock(mutex_);
    entries_.erase(key);
    co_return Result<>();
}

}  // namespace syncwatch
