#include "recovery/postgres/reach.h"

#include <algorithm>

#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

using Backup = DatabaseBackups::Backup;
using Timeline = DatabaseBackups::Timeline;
using Log = DatabaseBackups::Log;

const Timeline* find(const Log& log, std::uint32_t number) {
    const auto found = std::ranges::find(log, number, &Timeline::number);
    return found == log.end() ? nullptr : &*found;
}

/// The first byte of the piece that holds this one.
wal::Lsn piece_begin(wal::Lsn lsn) {
    return {lsn.value - lsn.value % wal::kSegmentBytes};
}

/// As far as a timeline's log goes on from there without a hole.
wal::Lsn follow(const Timeline& timeline, wal::Lsn from) {
    for (const auto& each : timeline.held) {
        if (each.from <= from && from < each.to) return each.to;
    }
    return from;
}

}  // namespace

Async<PgShelf> read_shelf(DatabaseBackups& engine, std::size_t repository, bool with_times) {
    PgShelf shelf;
    shelf.repository = repository;
    shelf.name = engine.repositories()[repository];
    SW_CO_TRY(shelf.backups, co_await engine.list(repository));
    if (shelf.backups.empty()) co_return shelf;
    SW_CO_TRY(shelf.log, co_await engine.log(repository));
    if (!with_times) co_return shelf;
    for (const Timeline& each : shelf.log) {
        if (each.held.empty()) continue;
        SW_CO_TRY(const auto last, co_await engine.last_commit(repository, each.number));
        if (last) shelf.last_commits[each.number] = *last;
    }
    co_return shelf;
}

std::vector<const Timeline*> way_to(const Log& log, std::uint32_t timeline) {
    std::vector<const Timeline*> way;
    for (std::uint32_t number = timeline; number != 0;) {
        const Timeline* const each = find(log, number);
        // Parents are older: whatever a damaged history says, this ends.
        if (each == nullptr || each->parent >= number) return {};
        way.push_back(each);
        number = each->parent;
    }
    std::ranges::reverse(way);
    return way;
}

std::optional<PgReach> reach_of(const PgShelf& shelf, const Backup& backup,
                                std::uint32_t timeline) {
    const auto way = way_to(shelf.log, timeline);
    auto at = std::ranges::find(way, backup.timeline, &Timeline::number);
    if (at == way.end()) return std::nullopt;
    if (std::next(at) != way.end() && (*std::next(at))->begins < backup.ends) return std::nullopt;
    PgReach reach;
    wal::Lsn position = backup.begins;
    for (;;) {
        reach.to = follow(**at, position);
        const auto next = std::next(at);
        if (next == way.end()) break;
        // Where it was left, the piece goes on as the first of the next timeline.
        const wal::Lsn left = piece_begin((*next)->begins);
        if (reach.to < left) break;
        position = left;
        at = next;
    }
    const bool is_last = std::next(at) == way.end();
    reach.is_whole = reach.to >= backup.ends;
    reach.to_the_end = is_last && !(*at)->held.empty() && reach.to == (*at)->held.back().to;
    if (!reach.is_whole) return reach;
    reach.until = whole_from(backup);
    for (const Backup& each : shelf.backups) {
        // When it began, what is before its beginning had been written.
        const bool on_the_way =
            std::ranges::find(way, each.timeline, &Timeline::number) != way.end();
        if (on_the_way && each.begins <= reach.to)
            reach.until = std::max(*reach.until, each.started);
    }
    const auto last = shelf.last_commits.find(timeline);
    if (reach.to_the_end && last != shelf.last_commits.end()) {
        // It stops before the first commit after the moment: the moment of the last has none.
        reach.until = std::max(*reach.until, last->second - std::chrono::microseconds(1));
    } else if (reach.to_the_end) {
        reach.perhaps = (*at)->stored;
    }
    return reach;
}

WallTime whole_from(const Backup& backup) {
    return backup.finished + std::chrono::seconds(1);
}

std::vector<Window> windows_of(const PgShelf& shelf) {
    std::vector<Window> all;
    for (const Timeline& timeline : shelf.log) {
        for (const Backup& backup : shelf.backups) {
            const auto reach = reach_of(shelf, backup, timeline.number);
            if (reach && reach->is_whole) all.push_back({whole_from(backup), *reach->until});
        }
    }
    return joined_windows(std::move(all));
}

std::vector<std::string> holes_in(const Log& log, wal::Lsn from) {
    std::vector<std::string> holes;
    for (const Timeline& timeline : log) {
        for (std::size_t i = 1; i < timeline.held.size(); ++i) {
            const wal::Lsn begin = timeline.held[i - 1].to;
            const wal::Lsn end = timeline.held[i].from;
            if (end <= from) continue;
            const auto first = wal::Segment::holding(timeline.number, begin);
            const wal::Segment last{timeline.number, end.value / wal::kSegmentBytes - 1};
            holes.push_back(first == last ? first.name()
                                          : fmt::format("{} to {}", first.name(), last.name()));
        }
    }
    return holes;
}

std::string describe_timelines(const Log& log) {
    std::string text;
    for (const Timeline& each : log) {
        text += fmt::format("{}timeline {}", text.empty() ? "" : "; ", each.number);
        if (each.parent != 0) {
            text += fmt::format(" left {} at {}", each.parent, wal::text(each.begins));
        }
        if (each.held.empty()) {
            text += ", of which nothing is kept";
        } else {
            text += fmt::format(", kept from {} to {}", wal::text(each.held.front().from),
                                wal::text(each.held.back().to));
        }
    }
    return text;
}

}  // namespace syncwatch::recovery
