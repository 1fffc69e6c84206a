#include "recovery/catalogue/chain.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

using Hashes = std::map<BackupId, std::string>;

/// What is wrong with the record that `from` follows; empty: nothing.
std::string fault_of(const StoredRecord& from, const Hashes& present, const Hashes& gone) {
    const ChainLink& link = *from.record.previous;
    const std::string follower =
        fmt::format("{} of {}", from.record.id.text(), format_rfc3339(from.record.finished));
    if (const auto found = present.find(link.id); found != present.end()) {
        if (found->second == link.hash) return {};
        return fmt::format("{} was changed after it was written: {} followed it, and knew another",
                           link.id.text(), follower);
    }
    if (const auto found = gone.find(link.id); found != gone.end()) {
        if (found->second == link.hash) return {};
        return fmt::format("{} was changed before it was expired: {} followed it, and knew another",
                           link.id.text(), follower);
    }
    return fmt::format("{} is gone, and nothing expired it: {} followed it", link.id.text(),
                       follower);
}

}  // namespace

std::vector<ChainFault> check_chain(std::span<const StoredRecord> records,
                                    std::span<const ExpiryNote> expired,
                                    std::span<const BackupId> damaged) {
    Hashes present;
    Hashes gone;
    for (const StoredRecord& each : records) present[each.record.id] = each.hash;
    for (const ExpiryNote& note : expired) {
        for (const ChainLink& link : note.gone) gone[link.id] = link.hash;
    }
    std::vector<ChainFault> faults;
    std::set<BackupId> told(damaged.begin(), damaged.end());
    for (const StoredRecord& each : records) {
        if (!each.record.previous) continue;
        std::string what = fault_of(each, present, gone);
        const BackupId id = each.record.previous->id;
        if (!what.empty() && told.insert(id).second) faults.push_back({id, std::move(what)});
    }
    return faults;
}

}  // namespace syncwatch::recovery
