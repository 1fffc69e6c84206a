#include "recovery/postgres/restore_plan.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

using Backup = DatabaseBackups::Backup;
using Target = DatabaseBackups::Target;

bool leads_to(const Target& target, const Backup& backup, const PgReach& reach) {
    if (!reach.is_whole) return false;
    switch (target.kind) {
        case Target::Kind::Immediate: return true;
        case Target::Kind::Time:
            return whole_from(backup) <= target.time &&
                   target.time <= std::max(*reach.until, reach.perhaps.value_or(*reach.until));
        case Target::Kind::Lsn: return backup.ends <= target.lsn && target.lsn <= reach.to;
        case Target::Kind::Latest:
        case Target::Kind::Transaction:
        case Target::Kind::Name: break;
    }
    return reach.to_the_end;
}

bool is_exact(const Target& target) {
    return target.kind != Target::Kind::Transaction && target.kind != Target::Kind::Name;
}

bool is_sure(const Target& target, const PgReach& reach) {
    return is_exact(target) && (target.kind != Target::Kind::Time || target.time <= *reach.until);
}

std::set<std::uint32_t> timelines_of(const std::vector<PgShelf>& shelves) {
    std::set<std::uint32_t> all;
    for (const PgShelf& shelf : shelves) {
        for (const auto& each : shelf.log) {
            if (!each.held.empty()) all.insert(each.number);
        }
    }
    return all;
}

std::string what_is_wrong(const std::vector<PgShelf>& shelves) {
    std::string words;
    for (const PgShelf& shelf : shelves) {
        words += fmt::format("; {} has {}", shelf.name, describe_windows(windows_of(shelf)));
        for (const std::string& each : holes_in(shelf.log)) {
            words += fmt::format(", without {} of the log", each);
        }
    }
    return words;
}

/// The name that the record of a backup has, as its engine keeps it.
std::string id_of(const Backup& backup) {
    const auto found = backup.annotations.find("syncwatch");
    return found == backup.annotations.end() ? std::string() : found->second;
}

bool is_named(const Backup& backup, const std::string& name) {
    return backup.label == name || id_of(backup).starts_with(name);
}

Result<> check_name(const std::vector<PgShelf>& shelves, const std::string& name) {
    if (name.empty()) return {};
    std::set<std::string> ids;
    bool is_there = false;
    for (const PgShelf& shelf : shelves) {
        for (const Backup& each : shelf.backups) {
            if (!is_named(each, name)) continue;
            is_there = true;
            if (each.label != name) ids.insert(id_of(each));
        }
    }
    if (!is_there) {
        return fail(ErrorCode::NotFound, "no backup is called " + name, "no_such_backup");
    }
    if (ids.size() <= 1) return {};
    return fail(ErrorCode::Conflict, "more than one backup begins with " + name, "several_backups");
}

}  // namespace

std::string describe_windows(const std::vector<Window>& windows) {
    if (windows.empty()) return "no moment that can be brought back";
    std::string text;
    for (const Window& each : windows) {
        text += fmt::format("{}{} to {}", text.empty() ? "" : "; ", format_rfc3339(each.from),
                            format_rfc3339(each.to));
    }
    return text;
}

Result<PgRestorePlan> plan_pg_restore(const std::vector<PgShelf>& shelves, const PgWish& wish) {
    const auto timelines = timelines_of(shelves);
    if (timelines.empty()) {
        return fail(ErrorCode::NotFound, "there is no backup of PostgreSQL", "no_backups");
    }
    if (!wish.timeline && timelines.size() > 1) {
        return fail(
            ErrorCode::Conflict,
            "the database has several pasts, name one: " + describe_timelines(shelves.front().log),
            "which_timeline");
    }
    SW_CHECK(check_name(shelves, wish.backup));
    const std::uint32_t timeline = wish.timeline.value_or(*timelines.begin());
    for (const PgShelf& shelf : shelves) {
        std::vector<const Backup*> order;
        for (const Backup& each : shelf.backups) order.push_back(&each);
        // What cannot be told beforehand may lie before the newest: the oldest finds it for sure.
        if (is_exact(wish.target)) std::ranges::reverse(order);
        for (const Backup* each : order) {
            if (!wish.backup.empty() && !is_named(*each, wish.backup)) continue;
            const auto reach = reach_of(shelf, *each, timeline);
            if (!reach || !leads_to(wish.target, *each, *reach)) continue;
            return PgRestorePlan{
                shelf.repository, shelf.name, *each,        timeline,
                wish.target,      reach->to,  reach->until, is_sure(wish.target, *reach)};
        }
    }
    return fail(
        ErrorCode::NotFound,
        fmt::format("no backup leads there along timeline {}{}", timeline, what_is_wrong(shelves)),
        "moment_unreachable");
}

}  // namespace syncwatch::recovery
