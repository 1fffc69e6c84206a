#include "recovery/backups/standing.h"

#include <algorithm>
#include <map>

#include "recovery/catalogue/retention.h"

namespace syncwatch::recovery {
namespace {

/// The last looks at the backups of one component.
class Looks {
public:
    Looks(const Survey& survey, const LiveFacts& live) {
        std::map<BackupId, std::uint64_t> bytes = live.copies;
        for (const Catalogued& each : survey.backups) {
            if (each.record().component != live.component || each.is_expired) continue;
            bytes[each.record().id] = each.record().stored_bytes;
        }
        for (const Verification& each : survey.verifications) {
            const auto backup = bytes.find(each.backup);
            if (backup != bytes.end()) add(each, backup->second);
        }
    }

    void tell(Standing& standing, std::uint64_t bytes_now) const {
        standing.verified = verified_;
        for (const auto& [backup, look] : last_) {
            if (look->sound) continue;
            standing.damaged = true;
            standing.damage = look->words;
        }
        if (restore_ == nullptr) return;
        if (has_damaged_films(*restore_)) standing.films = restore_->words;
        standing.restored = restore_->at;
        standing.restore_took = restore_->took;
        standing.restored_bytes = std::max(restore_->bytes, restored_bytes_);
        std::chrono::milliseconds time = restore_->took;
        // Twice as much takes twice as long; less may take as long as it did.
        if (restored_bytes_ > 0 && bytes_now > restored_bytes_) {
            time = std::chrono::milliseconds(static_cast<std::int64_t>(
                static_cast<double>(time.count()) * static_cast<double>(bytes_now) /
                static_cast<double>(restored_bytes_)));
        }
        standing.time = time;
    }

private:
    void add(const Verification& look, std::uint64_t bytes) {
        const Verification*& newest = last_[look.backup];
        if (newest == nullptr || newest->at <= look.at) newest = &look;
        if (!look.sound) return;
        verified_ = std::max(verified_, look.at);
        const bool is_newer = restore_ == nullptr || restore_->at <= look.at;
        if (look.level != VerifyLevel::Restore || !is_newer) return;
        restore_ = &look;
        restored_bytes_ = bytes;
    }

    std::map<BackupId, const Verification*> last_;
    WallTime verified_{};
    const Verification* restore_ = nullptr;
    std::uint64_t restored_bytes_ = 0;
};

bool is_backed_up_on_change(const BackupRule& rule) {
    return std::ranges::any_of(rule.runs,
                               [](const auto& run) { return run.second.is_on_change(); });
}

/// Whose promise a component is a part of: settings and secrets come back with the application.
std::string part_of(const std::string& component) {
    if (component == "config" || component == "secrets") return {};
    return planned_name(component);
}

Standing standing_of(const Plan& plan, const Survey& survey, const LiveFacts& live, WallTime now) {
    Standing standing;
    standing.component = live.component;
    standing.part = part_of(live.component);
    standing.backed_up = live.copied;
    standing.overdue = live.overdue;
    standing.is_testable = live.can_be_tested;
    standing.is_away = live.is_away;
    standing.is_cut_off = live.is_cut_off;
    const auto rule = plan.backups.find(planned_name(live.component));
    standing.is_planned = live.is_backed_up && rule != plan.backups.end();
    standing.on_change = standing.is_planned && is_backed_up_on_change(rule->second);
    std::optional<WallTime> reaches = live.reaches;
    // Ids of version 7: the newest is the last.
    std::uint64_t bytes = live.copies.empty() ? 0 : live.copies.rbegin()->second;
    for (const Catalogued& each : survey.backups) {
        if (each.record().component != live.component || each.is_expired) continue;
        const BackupRecord& record = each.record();
        standing.backed_up = std::max(standing.backed_up, record.finished);
        bytes = record.stored_bytes;
        reaches = std::max(reaches.value_or(WallTime{}), record.window.to);
    }
    if (reaches) {
        const auto gone = std::max(now - *reaches, WallTime::duration(0));
        standing.loss = std::chrono::floor<std::chrono::seconds>(gone);
    }
    standing.reaches = reaches;
    Looks(survey, live).tell(standing, bytes);
    const auto objective = plan.objectives.find(standing.part);
    if (objective != plan.objectives.end()) {
        standing.promised_loss = objective->second.rpo;
        standing.promised_time = objective->second.rto;
    }
    return standing;
}

}  // namespace

std::vector<Standing> standings(const Plan& plan, const Survey& survey,
                                const std::vector<LiveFacts>& live, WallTime now) {
    std::map<std::string, LiveFacts> all;
    for (const std::string& each : survey.components()) all[each].component = each;
    for (const LiveFacts& each : live) all[each.component] = each;
    std::vector<Standing> found;
    for (const auto& [name, facts] : all) {
        found.push_back(standing_of(plan, survey, facts, now));
    }
    return found;
}

}  // namespace syncwatch::recovery
