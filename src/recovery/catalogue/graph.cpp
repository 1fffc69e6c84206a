#include "recovery/catalogue/graph.h"

#include <algorithm>

namespace syncwatch::recovery {

namespace {

BackupGraph::Records pointers_to(std::span<const BackupRecord> records) {
    BackupGraph::Records all;
    for (const BackupRecord& each : records) all.push_back(&each);
    return all;
}

}  // namespace

BackupGraph::BackupGraph(std::span<const BackupRecord> records)
    : BackupGraph(pointers_to(records)) {}

BackupGraph::BackupGraph(const Records& records) {
    for (const BackupRecord* each : records) {
        records_.emplace(each->id, each);
        for (const BackupId& parent : each->parents) children_[parent].push_back(each);
    }
    for (const BackupRecord* each : records) {
        if (each->kind != BackupKind::Log && needs(*each)) bases_.push_back(each);
    }
}

const BackupRecord* BackupGraph::find(BackupId id) const {
    const auto found = records_.find(id);
    return found == records_.end() ? nullptr : found->second;
}

const BackupGraph::Records& BackupGraph::children(BackupId id) const {
    static const Records kNone;
    const auto found = children_.find(id);
    return found == children_.end() ? kNone : found->second;
}

bool BackupGraph::add_needs(const BackupRecord& record, std::set<BackupId>& seen,
                            Records& needs) const {
    if (!seen.insert(record.id).second) return true;
    needs.push_back(&record);
    // Of a log that a backup needs, the bytes are needed, and not what they once followed.
    if (record.kind == BackupKind::Log) return true;
    return std::ranges::all_of(record.parents, [&](BackupId id) {
        const BackupRecord* const parent = find(id);
        return parent != nullptr && add_needs(*parent, seen, needs);
    });
}

std::optional<BackupGraph::Records> BackupGraph::needs(const BackupRecord& record) const {
    std::set<BackupId> seen;
    Records needs;
    if (!add_needs(record, seen, needs)) return std::nullopt;
    return needs;
}

BackupGraph::Replay BackupGraph::replay_on(const BackupRecord& base) const {
    Records waiting = needs(base).value_or(Records());
    const std::set<const BackupRecord*> needed(waiting.begin(), waiting.end());
    Replay replay;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        for (const BackupRecord* child : children(waiting[i]->id)) {
            if (child->kind != BackupKind::Log || needed.contains(child)) continue;
            if (replay.emplace(child, waiting[i]).second) waiting.push_back(child);
        }
    }
    return replay;
}

Window reach_of(const BackupRecord& base, const BackupGraph::Replay& replay) {
    Window window = base.window;
    for (const auto& [log, after] : replay) window.to = std::max(window.to, log->window.to);
    return window;
}

std::vector<Window> recoverable(std::span<const BackupRecord> records) {
    const BackupGraph graph(records);
    std::vector<Window> all;
    for (const BackupRecord* base : graph.bases())
        all.push_back(reach_of(*base, graph.replay_on(*base)));
    std::ranges::sort(all, {}, &Window::from);
    std::vector<Window> apart;
    for (const Window& each : all) {
        if (apart.empty() || each.from > apart.back().to) {
            apart.push_back(each);
        } else {
            apart.back().to = std::max(apart.back().to, each.to);
        }
    }
    return apart;
}

}  // namespace syncwatch::recovery
