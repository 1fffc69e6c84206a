// The part of MemoryMediaStore that knows of copies.
#include <algorithm>
#include <utility>

#include "adapters/memory_stores/memory_media_store.h"

namespace syncwatch {

bool MemoryMediaStore::is_doomed(const std::string& key) const {
    return std::ranges::any_of(doomed_, [&key](const std::string& each) {
        return key == each || key.starts_with(each + "/");
    });
}

MemoryMediaStore::Line* MemoryMediaStore::line_of(const StoredBlob& object) {
    const auto found = objects_.find(object.key);
    if (found == objects_.end()) return nullptr;
    return found->second.known.object.sha256 == object.sha256 ? &found->second : nullptr;
}

template <class Chosen, class Age>
std::vector<StoredBlob> MemoryMediaStore::claim(int limit, WallTime now, WallTime until,
                                                Chosen chosen, Age age) {
    std::vector<Line*> found;
    for (auto& [key, line] : objects_) {
        if (line.not_before <= now && chosen(line.known)) found.push_back(&line);
    }
    std::ranges::stable_sort(found, {}, [&age](const Line* each) { return age(each->known); });
    if (std::ssize(found) > limit) found.resize(static_cast<std::size_t>(limit));
    std::vector<StoredBlob> claimed;
    for (Line* each : found) {
        each->not_before = until;
        claimed.push_back(each->known.object);
    }
    return claimed;
}

Async<bool> MemoryMediaStore::use_second(std::string name) {
    if (second_ == name) co_return false;
    second_ = std::move(name);
    for (auto& [key, line] : objects_) line.known.replicated_at.reset();
    co_return true;
}

Async<std::optional<LedgerLine>> MemoryMediaStore::find_line(std::string key) {
    const auto found = objects_.find(key);
    if (found == objects_.end()) co_return std::nullopt;
    co_return found->second.known;
}

Async<std::vector<StoredBlob>> MemoryMediaStore::claim_unreplicated(int limit, WallTime now,
                                                                    WallTime until) {
    const auto waits = [](const LedgerLine& line) {
        return !line.replicated_at && line.fault == ObjectFault::None;
    };
    co_return claim(limit, now, until, waits,
                    [](const LedgerLine& line) { return line.created_at; });
}

Async<std::vector<StoredBlob>> MemoryMediaStore::claim_unverified(int limit, WallTime before,
                                                                  WallTime now, WallTime until) {
    const auto look = [](const LedgerLine& line) { return line.verified_at.value_or(WallTime()); };
    const auto waits = [look, before](const LedgerLine& line) {
        return look(line) < before && line.fault == ObjectFault::None;
    };
    co_return claim(limit, now, until, waits, look);
}

Async<std::vector<StoredBlob>> MemoryMediaStore::claim_faulty(int limit, WallTime now,
                                                              WallTime until) {
    const auto waits = [](const LedgerLine& line) { return line.fault != ObjectFault::None; };
    co_return claim(limit, now, until, waits, [](const LedgerLine&) { return 0; });
}

Async<std::optional<StoredBlob>> MemoryMediaStore::claim_line(std::string key, WallTime now,
                                                              WallTime until) {
    const auto is_it = [&key](const LedgerLine& line) {
        return line.object.key == key && line.fault != ObjectFault::None;
    };
    auto claimed = claim(1, now, until, is_it, [](const LedgerLine&) { return 0; });
    if (claimed.empty()) co_return std::nullopt;
    co_return std::move(claimed.front());
}

Async<> MemoryMediaStore::postpone(StoredBlob object, WallTime until) {
    if (Line* line = line_of(object)) line->not_before = until;
    co_return Result<>();
}

Async<bool> MemoryMediaStore::note_replicated(StoredBlob object, WallTime now) {
    Line* line = line_of(object);
    if (line == nullptr || is_doomed(object.key)) co_return false;
    line->known.replicated_at = now;
    line->not_before = WallTime();
    co_return true;
}

Async<> MemoryMediaStore::note_verified(StoredBlob object, Copies copies, WallTime now) {
    Line* line = line_of(object);
    if (line == nullptr) co_return Result<>();
    line->known.verified_at = now;
    line->known.fault = ObjectFault::None;
    line->not_before = WallTime();
    if (copies == Copies::Two && !line->known.replicated_at) line->known.replicated_at = now;
    co_return Result<>();
}

Async<> MemoryMediaStore::note_fault(StoredBlob object, ObjectFault fault, WallTime until) {
    Line* line = line_of(object);
    if (line == nullptr) co_return Result<>();
    line->known.fault = fault;
    line->not_before = until;
    co_return Result<>();
}

Async<bool> MemoryMediaStore::is_wanted(StoredBlob object) {
    co_return line_of(object) != nullptr && !is_doomed(object.key);
}

Async<ReplicaBacklog> MemoryMediaStore::backlog() {
    ReplicaBacklog out;
    for (const auto& [key, line] : objects_) {
        if (line.known.replicated_at) continue;
        ++out.objects;
        out.bytes += line.known.object.size;
        out.oldest = std::min(out.oldest.value_or(line.known.created_at), line.known.created_at);
    }
    co_return out;
}

Async<LedgerCoverage> MemoryMediaStore::coverage(WallTime since) {
    LedgerCoverage out;
    bool all_seen = true;
    for (const auto& [key, line] : objects_) {
        ++out.objects;
        out.bytes += line.known.object.size;
        if (line.known.fault == ObjectFault::Damaged) ++out.damaged;
        if (line.known.fault == ObjectFault::Lost) ++out.lost;
        const auto seen = line.known.verified_at;
        all_seen = all_seen && seen;
        if (!seen) continue;
        out.oldest = std::min(out.oldest.value_or(*seen), *seen);
        out.newest = std::max(out.newest.value_or(*seen), *seen);
        if (*seen < since) continue;
        ++out.verified_objects;
        out.verified_bytes += line.known.object.size;
    }
    if (!all_seen) out.oldest.reset();
    co_return out;
}

Async<std::vector<LedgerLine>> MemoryMediaStore::faulty(int limit) {
    std::vector<LedgerLine> out;
    for (const auto& [key, line] : objects_) {
        const bool more = std::ssize(out) < limit;
        if (more && line.known.fault != ObjectFault::None) out.push_back(line.known);
    }
    co_return out;
}

Async<std::vector<LedgerLine>> MemoryMediaStore::lines(std::string prefix, std::string after,
                                                       int limit) {
    std::vector<LedgerLine> out;
    prefix += '/';
    for (auto each = objects_.upper_bound(std::max(prefix, after)); each != objects_.end();
         ++each) {
        if (std::ssize(out) == limit || !each->first.starts_with(prefix)) break;
        out.push_back(each->second.known);
    }
    co_return out;
}

Async<std::vector<std::string>> MemoryMediaStore::unknown_of(std::vector<std::string> keys) {
    std::erase_if(keys, [this](const std::string& key) {
        const bool left = std::ranges::any_of(left_, [&key](const auto& each) {
            return key == each.first || key.starts_with(each.first + "/");
        });
        return left || objects_.contains(key) || is_doomed(key);
    });
    co_return keys;
}

}  // namespace syncwatch
