#include "services/accounts/session_cache.h"

#include <utility>

namespace syncwatch {

std::optional<SessionCache::Entry> SessionCache::find(const Sha256Sum& token_hash) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(token_hash);
    if (found == entries_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string> SessionCache::username_of(UserId user) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [token_hash, each] : entries_) {
        if (each.principal.user == user) return each.username;
    }
    return std::nullopt;
}

SessionCache::Epoch SessionCache::epoch() const {
    const std::lock_guard lock(mutex_);
    return epoch_;
}

void SessionCache::put(const Sha256Sum& token_hash, Entry entry, Epoch read_since) {
    const std::lock_guard lock(mutex_);
    if (read_since != epoch_) return;
    // Full is rare and forgetting is harmless, so nothing is kept to know what is oldest.
    if (entries_.size() >= capacity_) entries_.clear();
    entries_.insert_or_assign(token_hash, std::move(entry));
}

void SessionCache::forget(SessionId session) {
    forget_if([session](const Principal& each) { return each.session == session; });
}

void SessionCache::forget(UserId user) {
    forget_if([user](const Principal& each) { return each.user == user; });
}

template <class Matches>
void SessionCache::forget_if(Matches matches) {
    const std::lock_guard lock(mutex_);
    ++epoch_;
    std::erase_if(entries_, [&](const auto& each) { return matches(each.second.principal); });
}

}  // namespace syncwatch
