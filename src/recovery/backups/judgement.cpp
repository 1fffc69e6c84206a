#include <algorithm>

#include "recovery/backups/standing.h"

namespace syncwatch::recovery {

std::string_view word(State state) {
    switch (state) {
        case State::Ok: return "ok";
        case State::Unknown: return "unknown";
        case State::NotPlanned: return "not_planned";
        case State::AtRisk: return "at_risk";
        case State::Overdue: return "overdue";
        case State::Damaged: break;
    }
    return "damaged";
}

std::string_view word(Reason reason) {
    switch (reason) {
        case Reason::None: return "none";
        case Reason::Damaged: return "damaged";
        case Reason::Overdue: return "overdue";
        case Reason::NoBackup: return "no_backup";
        case Reason::NotFollowed: return "not_followed";
        case Reason::LosesTooMuch: return "loses_too_much";
        case Reason::TakesTooLong: return "takes_too_long";
        case Reason::NotPlanned: return "not_planned";
        case Reason::NeverRestored: return "never_restored";
        case Reason::Away: break;
    }
    return "away";
}

Judgement judge(const Standing& standing) {
    if (standing.damaged) return {State::Damaged, Reason::Damaged};
    if (standing.is_away) return {State::Unknown, Reason::Away};
    if (!standing.loss && standing.promised_loss) return {State::AtRisk, Reason::NoBackup};
    if (!standing.is_planned) return {State::NotPlanned, Reason::NotPlanned};
    if (standing.overdue) return {State::Overdue, Reason::Overdue};
    if (!standing.loss) return {State::AtRisk, Reason::NoBackup};
    if (standing.is_cut_off) return {State::AtRisk, Reason::NotFollowed};
    if (standing.misses_loss()) return {State::AtRisk, Reason::LosesTooMuch};
    if (standing.misses_time()) return {State::AtRisk, Reason::TakesTooLong};
    if (!standing.time && standing.is_testable) return {State::Unknown, Reason::NeverRestored};
    return {};
}

Summary summary_of(const std::vector<Standing>& all) {
    Summary summary;
    for (const Standing& each : all) {
        if (each.is_away) {
            summary.away.push_back(each.component);
            continue;
        }
        if (!each.loss) {
            summary.gone.push_back(each.component);
            continue;
        }
        if (!each.on_change) {
            summary.loss = std::max(summary.loss.value_or(*each.loss), *each.loss);
        }
        if (each.time) {
            summary.time = summary.time.value_or(std::chrono::milliseconds(0)) + *each.time;
        } else if (each.is_testable) {
            summary.unmeasured.push_back(each.component);
        }
    }
    return summary;
}

}  // namespace syncwatch::recovery
