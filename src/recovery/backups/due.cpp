#include "recovery/backups/due.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "recovery/backups/backups.h"

namespace syncwatch::recovery {
namespace {

constexpr std::chrono::minutes kLeastGrace{15};

/// Two nodes' clocks may be so far apart.
constexpr std::chrono::minutes kClocksDiffer{5};

/// By a clock that was ahead, and has been set right: else nothing would be due until then.
bool is_yet_to_come(WallTime at, WallTime now) {
    return at > now + kClocksDiffer;
}

/// nullopt: it is no run of its own, but goes on all the time.
std::optional<BackupKind> kind_of_run(std::string_view run) {
    if (run == "full") return BackupKind::Full;
    if (run == "differential") return BackupKind::Differential;
    if (run == "snapshot" || run == "bundle") return BackupKind::Snapshot;
    return std::nullopt;
}

/// When a backup that is as good as one of `kind` was begun last.
WallTime last_begun(const std::vector<BackupRecord>& records, BackupKind kind, WallTime now) {
    WallTime last{};
    for (const BackupRecord& each : records) {
        const bool is_as_good = each.kind == kind ||
                                (kind == BackupKind::Differential && each.kind == BackupKind::Full);
        if (is_as_good && !is_yet_to_come(each.started, now)) last = std::max(last, each.started);
    }
    return last;
}

std::optional<Due> due_run(const std::string& component, BackupKind kind, const Schedule& schedule,
                           const std::vector<BackupRecord>& records, WallTime now) {
    if (schedule.is_on_change()) {
        const bool is_first = last_begun(records, kind, now) == WallTime{};
        return Due{component, kind, now, !is_first};
    }
    if (!schedule.is_timed()) return std::nullopt;
    const WallTime at = schedule.last_due(now);
    if (last_begun(records, kind, now) >= at) return std::nullopt;
    return Due{component, kind, at, false};
}

/// What a full one makes needless.
void drop_lighter(std::vector<Due>& runs) {
    const bool has_full = std::ranges::find(runs, BackupKind::Full, &Due::kind) != runs.end();
    if (!has_full) return;
    std::erase_if(runs, [](const Due& each) { return each.kind == BackupKind::Differential; });
}

bool is_among(const std::vector<BackupKind>& kinds, std::optional<BackupKind> kind) {
    return kind && std::ranges::find(kinds, *kind) != kinds.end();
}

/// The runs of one component that are due.
std::vector<Due> due_runs(const BackupRule& rule, const Survey& survey,
                          const std::string& component, const std::vector<BackupKind>& kinds,
                          WallTime now) {
    const auto records = survey.records_of(component);
    std::vector<Due> runs;
    for (const auto& [run, schedule] : rule.runs) {
        const auto kind = kind_of_run(run);
        if (!is_among(kinds, kind)) continue;
        auto one = due_run(component, *kind, schedule, records, now);
        if (one) runs.push_back(*std::move(one));
    }
    drop_lighter(runs);
    return runs;
}

bool is_late(const BackupRule& rule, const Due& run, WallTime now) {
    constexpr int kParts = 10;
    std::chrono::seconds period{};
    for (const auto& [name, schedule] : rule.runs) {
        if (kind_of_run(name) == run.kind) period = schedule.period();
    }
    return now - run.since >= std::max<std::chrono::seconds>(period / kParts, kLeastGrace);
}

}  // namespace

std::vector<Due> due(const Plan& plan, const Survey& survey,
                     const std::vector<BackupComponent*>& components, WallTime now) {
    std::vector<Due> all;
    for (const BackupComponent* component : components) {
        const auto rule = plan.backups.find(planned_name(component->name()));
        if (rule == plan.backups.end()) continue;
        const auto runs =
            due_runs(rule->second, survey, component->name(), component->kinds(), now);
        all.insert(all.end(), runs.begin(), runs.end());
    }
    return all;
}

std::vector<Due> overdue(const Plan& plan, const Survey& survey,
                         const std::vector<BackupComponent*>& components, WallTime now) {
    std::vector<Due> late = due(plan, survey, components, now);
    std::erase_if(late, [&](const Due& each) {
        return !is_late(plan.backups.at(planned_name(each.component)), each, now);
    });
    return late;
}

Wanted wanted(const Plan& plan, const Survey& survey, const std::string& component,
              const std::vector<BackupKind>& kinds, WallTime now) {
    const auto rule = plan.backups.find(planned_name(component));
    if (rule == plan.backups.end()) return {};
    Wanted found;
    const auto sooner = [&found](WallTime at) {
        found.next = std::min(found.next.value_or(at), at);
    };
    for (const auto& [run, schedule] : rule->second.runs) {
        if (schedule.is_timed() && is_among(kinds, kind_of_run(run))) {
            sooner(schedule.next_due(now));
        }
    }
    for (const Due& each : due_runs(rule->second, survey, component, kinds, now)) {
        if (each.if_changed) continue;
        sooner(each.since);
        if (is_late(rule->second, each, now)) found.overdue = each.since;
    }
    return found;
}

std::vector<std::string> tests_due(const Plan& plan, const Survey& survey,
                                   const std::vector<BackupComponent*>& components, WallTime now) {
    std::vector<std::string> wanted;
    if (!plan.restore_test || !plan.restore_test->is_timed()) return wanted;
    const WallTime due = plan.restore_test->last_due(now);
    for (const BackupComponent* each : components) {
        const auto is_of_it = [&](const Verification& look) {
            const Catalogued* const backup = survey.find(look.backup);
            return backup != nullptr && backup->record().component == each->name() &&
                   look.level >= each->deepest() && look.at >= due && !is_yet_to_come(look.at, now);
        };
        if (std::ranges::any_of(survey.verifications, is_of_it)) continue;
        if (longest_unseen(survey, each->name(), each->deepest())) wanted.push_back(each->name());
    }
    return wanted;
}

}  // namespace syncwatch::recovery
