#include "recovery/catalogue/coverage.h"

#include <algorithm>
#include <optional>
#include <set>

namespace syncwatch::recovery {
namespace {

/// The newest base that can bring back the moment; nullptr: none can.
const BackupRecord* newest_reaching(const BackupGraph& graph, Reaches& reaches, WallTime moment) {
    const BackupRecord* newest = nullptr;
    for (const BackupRecord* base : graph.bases()) {
        if (base->window.from > moment || reaches.of(*base).to < moment) continue;
        if (newest == nullptr || base->window.from >= newest->window.from) newest = base;
    }
    return newest;
}

std::optional<WallTime> next_base_after(const BackupGraph& graph, WallTime moment) {
    std::optional<WallTime> next;
    for (const BackupRecord* base : graph.bases()) {
        const WallTime from = base->window.from;
        if (from > moment) next = std::min(next.value_or(from), from);
    }
    return next;
}

}  // namespace

const Reaches::Reach& Reaches::of(const BackupRecord& base) {
    auto [found, is_new] = reaches_.try_emplace(base.id);
    if (is_new) {
        found->second.replay = graph_.replay_on(base);
        found->second.to = reach_of(base, found->second.replay).to;
    }
    return found->second;
}

const BackupRecord* Reaches::nearest_base(const BackupRecord& log) {
    const BackupRecord* nearest = nullptr;
    for (const BackupRecord* base : graph_.bases()) {
        if (base->window.from > log.window.to) continue;
        if (nearest != nullptr && base->window.from <= nearest->window.from) continue;
        if (of(*base).replay.contains(&log)) nearest = base;
    }
    return nearest;
}

BackupGraph::Records Reaches::way_to(const BackupRecord& log, const BackupRecord& base) {
    const BackupGraph::Replay& replay = of(base).replay;
    BackupGraph::Records way;
    for (auto step = replay.find(&log); step != replay.end(); step = replay.find(step->second)) {
        way.push_back(step->first);
    }
    return way;
}

std::vector<Needed> needed_since(const BackupGraph& graph, WallTime start) {
    Reaches reaches(graph);
    std::vector<Needed> needed;
    for (std::optional<WallTime> at = start; at;) {
        const BackupRecord* const base = newest_reaching(graph, reaches, *at);
        if (base == nullptr) {
            at = next_base_after(graph, *at);
            continue;
        }
        needed.push_back({base, *at});
        const Reaches::Reach& reach = reaches.of(*base);
        std::set<const BackupRecord*> told;
        for (const auto& [log, after] : reach.replay) {
            if (log->window.to < base->window.from) continue;
            for (auto step = reach.replay.find(log);
                 step != reach.replay.end() && told.insert(step->first).second;
                 step = reach.replay.find(step->second)) {
                needed.push_back({step->first, *at});
            }
        }
        at = reach.to + std::chrono::microseconds(1);
    }
    return needed;
}

}  // namespace syncwatch::recovery
