#include "recovery/catalogue/retention.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/quantity.h"
#include "recovery/catalogue/coverage.h"

namespace syncwatch::recovery {
namespace {

using Records = BackupGraph::Records;

bool is_whole(const BackupRecord& record) {
    return record.kind == BackupKind::Full || record.kind == BackupKind::Snapshot;
}

using Looks = std::map<BackupId, const Verification*>;

/// The last at each backup.
Looks last_looks(const BackupHistory& history) {
    Looks last;
    for (const Verification& each : history.verifications) {
        const auto [found, is_new] = last.try_emplace(each.backup, &each);
        if (!is_new && each.at >= found->second->at) found->second = &each;
    }
    return last;
}

/// Those that no look found damaged.
Records undamaged(const BackupHistory& history, const Looks& looks) {
    Records all;
    for (const BackupRecord& each : history.records) {
        const auto look = looks.find(each.id);
        if (look == looks.end() || look->second->sound) all.push_back(&each);
    }
    return all;
}

/// Decides what stays, and remembers why.
class Keeper {
public:
    Keeper(const BackupHistory& history, WallTime start)
        : history_(history),
          start_(start),
          looks_(last_looks(history)),
          graph_(history.records),
          sound_graph_(undamaged(history, looks_)),
          reaches_(graph_),
          sound_(sound_graph_.bases()) {
        const auto by_moment = [](const BackupRecord* record) { return record->window.from; };
        std::ranges::stable_sort(sound_, {}, by_moment);
    }

    void keep_pinned() {
        for (const BackupRecord& each : history_.records) {
            if (history_.pinned.contains(each.id)) keep(each, "it is pinned");
        }
    }

    void keep_young(std::chrono::seconds span) {
        const std::string why =
            fmt::format("it is from the last {}, which are kept", format_span(span));
        for (const BackupRecord& each : history_.records) {
            if (std::max(each.finished, each.window.to) >= start_) keep(each, why);
        }
    }

    /// The moments of the kept time that only older backups can bring back.
    void keep_coverage() {
        // Once more with what was found damaged: a look may be wrong, and nothing is lost by it.
        for (const BackupGraph* graph : {&sound_graph_, &graph_}) {
            for (const Needed& each : needed_since(*graph, start_)) keep_needed(each);
        }
        keep_newest_before([](const BackupRecord&) { return true; },
                           "it is the newest from before the time that is kept");
        keep_newest_before(is_whole,
                           "it is the newest full backup from before the time that is kept");
    }

    void keep_last_full(std::uint64_t count) {
        const std::string why = count == 1
                                    ? "it is the last full backup"
                                    : fmt::format("it is one of the last {} full backups", count);
        for (auto each = sound_.rbegin(); each != sound_.rend() && count > 0; ++each) {
            if (!is_whole(**each)) continue;
            keep(**each, why);
            --count;
        }
    }

    void keep_last_verified() {
        keep_last_where([](const Verification&) { return true; },
                        "it is the last that was verified");
        keep_last_where([](const Verification& look) { return look.level == VerifyLevel::Restore; },
                        "it is the last that was restored to see whether it can be");
    }

    Expiry decide() {
        Expiry expiry;
        for (const BackupRecord& each : history_.records) {
            if (const auto found = why_.find(each.id); found != why_.end()) {
                expiry.stays.push_back({each.id, found->second});
            }
        }
        expiry.goes = in_order();
        return expiry;
    }

private:
    void note(const BackupRecord& record, const std::string& why) {
        std::vector<std::string>& all = why_[record.id];
        if (std::ranges::find(all, why) == all.end()) all.push_back(why);
    }

    void keep(const BackupRecord& record, const std::string& why) {
        note(record, why);
        keep(record);
    }

    /// All that it stands on.
    void keep(const BackupRecord& record) {
        if (!safe_.insert(record.id).second) return;
        if (record.kind == BackupKind::Log) return keep_base_of(record);
        const std::string needed = fmt::format("{} stands on it", record.id.text());
        for (const BackupId& id : record.parents) {
            const BackupRecord* const parent = graph_.find(id);
            if (parent == nullptr) continue;
            // Of a log that it needs, its bytes are enough.
            parent->kind == BackupKind::Log ? note(*parent, needed) : keep(*parent, needed);
        }
    }

    /// A log is worth what it can be replayed on: the nearest will do.
    void keep_base_of(const BackupRecord& log) {
        const BackupRecord* const base = reaches_.nearest_base(log);
        if (base == nullptr) return;
        const std::string why = "a log that stays is replayed on it";
        keep(*base, why);
        for (const BackupRecord* each : reaches_.way_to(log, *base)) {
            if (each == &log) continue;
            note(*each, why);
            // What is nearer has its own way from here.
            if (!safe_.insert(each->id).second) return;
        }
    }

    void keep_needed(const Needed& needed) {
        const BackupRecord& record = *needed.record;
        // What is young has its reason already.
        if (std::max(record.finished, record.window.to) < start_) {
            note(record, fmt::format("moments since {} need it", format_rfc3339(needed.since)));
        }
        keep(record);
    }

    template <class Wanted>
    void keep_newest_before(Wanted wanted, const std::string& why) {
        const BackupRecord* newest = nullptr;
        for (const BackupRecord* base : sound_) {
            if (base->window.from <= start_ && wanted(*base)) newest = base;
        }
        if (newest != nullptr) keep(*newest, why);
    }

    template <class Wanted>
    void keep_last_where(Wanted wanted, const std::string& why) {
        const BackupRecord* last = nullptr;
        for (const auto& [id, look] : looks_) {
            const BackupRecord* const record = graph_.find(id);
            if (record == nullptr || !look->sound || !wanted(*look)) continue;
            if (last == nullptr || record->finished >= last->finished) last = record;
        }
        if (last != nullptr) keep(*last, why);
    }

    /// What goes, what stands on another before it.
    std::vector<BackupId> in_order() const {
        std::map<BackupId, std::size_t> before;  // What has to go first still.
        std::vector<BackupId> goes;
        for (const BackupRecord& each : history_.records) {
            if (why_.contains(each.id)) continue;
            const auto is_going = [&](const BackupRecord* child) {
                return !why_.contains(child->id);
            };
            const auto count = std::ranges::count_if(graph_.children(each.id), is_going);
            before[each.id] = static_cast<std::size_t>(count);
            if (count == 0) goes.push_back(each.id);
        }
        for (std::size_t i = 0; i < goes.size(); ++i) {
            for (const BackupId& parent : graph_.find(goes[i])->parents) {
                const auto found = before.find(parent);
                if (found != before.end() && --found->second == 0) goes.push_back(parent);
            }
        }
        return goes;
    }

    const BackupHistory& history_;
    const WallTime start_;
    const Looks looks_;
    const BackupGraph graph_;
    const BackupGraph sound_graph_;
    Reaches reaches_;
    Records sound_;            ///< Bases with all that they need, the oldest first.
    std::set<BackupId> safe_;  ///< Kept with what they stand on.
    std::map<BackupId, std::vector<std::string>> why_;
};

/// A restore, say, may be about to read any of it, and the log between.
void hold_back(Expiry& expiry, const BackupHistory& history) {
    if (history.held_by.empty()) return;
    std::map<BackupId, Stay> stays;
    for (Stay& each : expiry.stays) stays[each.backup] = std::move(each);
    for (const BackupId& each : std::exchange(expiry.goes, {})) {
        Stay& held = stays[each];
        held.backup = each;
        held.why = history.held_by;
    }
    expiry.stays.clear();
    for (const BackupRecord& each : history.records) {
        expiry.stays.push_back(std::move(stays[each.id]));
    }
}

Expiry keep_all(const BackupHistory& history) {
    Expiry expiry;
    for (const BackupRecord& each : history.records) {
        expiry.stays.push_back({each.id, {"everything is kept for ever"}});
    }
    return expiry;
}

}  // namespace

std::string planned_name(std::string_view component) {
    return std::string(component == "pg" || component == "sqlite" ? "database" : component);
}

Retention retention_of(const Plan& plan, std::string_view component) {
    const auto rule = plan.backups.find(planned_name(component));
    if (rule == plan.backups.end()) return {};
    return {rule->second.keep, rule->second.keep_full};
}

Expiry expire(const BackupHistory& history, const Retention& retention, WallTime now) {
    if (!retention.keep) return keep_all(history);
    Keeper keeper(history, now - *retention.keep);
    keeper.keep_pinned();
    keeper.keep_young(*retention.keep);
    keeper.keep_coverage();
    keeper.keep_last_full(std::max<std::uint64_t>(retention.keep_full, 1));
    keeper.keep_last_verified();
    Expiry expiry = keeper.decide();
    hold_back(expiry, history);
    return expiry;
}

}  // namespace syncwatch::recovery
