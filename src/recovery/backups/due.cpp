#include "recovery/backups/due.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "recovery/backups/backups.h"

namespace syncwatch::recovery {
namespace {

constexpr std::string_view kOnChange = "on change";
constexpr std::chrono::minutes kLeastGrace{15};

/// nullopt: it is no run of its own, but goes on all the time.
std::optional<BackupKind> kind_of_run(std::string_view run) {
    if (run == "full") return BackupKind::Full;
    if (run == "differential") return BackupKind::Differential;
    if (run == "snapshot" || run == "bundle") return BackupKind::Snapshot;
    return std::nullopt;
}

/// When a backup that is as good as one of `kind` was begun last.
WallTime last_begun(const std::vector<BackupRecord>& records, BackupKind kind) {
    WallTime last{};
    for (const BackupRecord& each : records) {
        const bool is_as_good = each.kind == kind ||
                                (kind == BackupKind::Differential && each.kind == BackupKind::Full);
        if (is_as_good) last = std::max(last, each.started);
    }
    return last;
}

std::optional<Due> due_run(const std::string& component, BackupKind kind, const Schedule& schedule,
                           const std::vector<BackupRecord>& records, WallTime now) {
    if (schedule.text() == kOnChange) {
        const bool is_first = last_begun(records, kind) == WallTime{};
        return Due{component, kind, now, !is_first};
    }
    if (!schedule.is_timed()) return std::nullopt;
    const WallTime at = schedule.last_due(now);
    if (last_begun(records, kind) >= at) return std::nullopt;
    return Due{component, kind, at, false};
}

/// What a full one makes needless.
void drop_lighter(std::vector<Due>& runs) {
    const bool has_full = std::ranges::find(runs, BackupKind::Full, &Due::kind) != runs.end();
    if (!has_full) return;
    std::erase_if(runs, [](const Due& each) { return each.kind == BackupKind::Differential; });
}

std::chrono::seconds period_of(const Plan& plan, const Due& of) {
    const auto rule = plan.backups.find(planned_name(of.component));
    if (rule == plan.backups.end()) return {};
    for (const auto& [run, schedule] : rule->second.runs) {
        if (kind_of_run(run) == of.kind) return schedule.period();
    }
    return {};
}

}  // namespace

std::vector<Due> due(const Plan& plan, const Survey& survey,
                     const std::vector<BackupComponent*>& components, WallTime now) {
    std::vector<Due> all;
    for (const BackupComponent* component : components) {
        const auto rule = plan.backups.find(planned_name(component->name()));
        if (rule == plan.backups.end()) continue;
        const auto records = survey.records_of(component->name());
        const auto kinds = component->kinds();
        std::vector<Due> runs;
        for (const auto& [run, schedule] : rule->second.runs) {
            const auto kind = kind_of_run(run);
            if (!kind || std::ranges::find(kinds, *kind) == kinds.end()) continue;
            auto one = due_run(component->name(), *kind, schedule, records, now);
            if (one) runs.push_back(*std::move(one));
        }
        drop_lighter(runs);
        all.insert(all.end(), runs.begin(), runs.end());
    }
    return all;
}

std::vector<Due> overdue(const Plan& plan, const Survey& survey,
                         const std::vector<BackupComponent*>& components, WallTime now) {
    constexpr int kParts = 10;
    std::vector<Due> late = due(plan, survey, components, now);
    std::erase_if(late, [&](const Due& each) {
        const auto grace =
            std::max<std::chrono::seconds>(period_of(plan, each) / kParts, kLeastGrace);
        return now - each.since < grace;
    });
    return late;
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
                   look.level >= each->deepest() && look.at >= due;
        };
        if (std::ranges::any_of(survey.verifications, is_of_it)) continue;
        if (longest_unseen(survey, each->name(), each->deepest())) wanted.push_back(each->name());
    }
    return wanted;
}

}  // namespace syncwatch::recovery
