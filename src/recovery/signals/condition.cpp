#include "recovery/signals/condition.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

/// What failed is tried again after a minute: if that helped, nobody has to hear of it.
constexpr auto kTriedAgain = 2min;
/// Places and databases are away for minutes, when machines are started again.
constexpr auto kComesBack = 10min;
/// A streamer that was started again, or another node's, goes on within seconds.
constexpr auto kStreamsAgain = 2min;
/// Tests that were missed in a row.
constexpr int kTestsMissed = 3;
/// As long as a large backup may take.
constexpr auto kLongestRound = 6h;
constexpr const char* kDoc = "docs/recovery/backups.md";
constexpr const char* kStreamDoc = "docs/recovery/postgres.md";

Condition condition_of(const std::string& component, const char* kind, WallTime since) {
    Condition condition;
    condition.key = fmt::format("backup.{}.{}", component, kind);
    condition.component = component;
    condition.doc = kDoc;
    condition.since = since;
    return condition;
}

Condition failing(const std::string& component, const std::string& work,
                  const RoundsStatus::Trouble& trouble, WallTime now) {
    const bool is_run = work == "run";
    const bool is_look = work == "look";
    Condition condition = condition_of(component,
                                       is_run    ? "run"
                                       : is_look ? "look"
                                                 : "let-go",
                                       trouble.since);
    condition.is_fresh = now - trouble.since < kTriedAgain;
    const char* const what = is_run    ? "{} cannot be backed up: {}"
                             : is_look ? "nobody can look at the backups of {}: {}"
                                       : "old backups of {} cannot be removed: {}";
    condition.what = fmt::format(fmt::runtime(what), component, trouble.words);
    condition.next =
        "It is tried again by itself, at least once an hour. A server or a place that does not "
        "answer, a program or a key that is missing: syncwatch backup run --component " +
        component + " says it again.";
    return condition;
}

Condition overdue_of(const std::string& component, WallTime since) {
    Condition condition = condition_of(component, "overdue", since);
    condition.what = fmt::format("the backup of {} that the plan wants since {} was not made",
                                 component, format_rfc3339(since));
    condition.next = fmt::format("syncwatch backup run --component {} makes one now.", component);
    return condition;
}

Condition damaged_of(const std::string& component, WallTime now) {
    Condition condition = condition_of(component, "damaged", now);
    condition.severity = Severity::Critical;
    condition.what = fmt::format("a backup of {} is damaged", component);
    condition.next = fmt::format(
        "Make a new one and bring it back in a test: syncwatch backup run --component {}, then "
        "syncwatch backup verify --level restore. syncwatch backup list names the damaged one.",
        component);
    condition.doc = "docs/recovery/catalogue.md";
    return condition;
}

Condition untested(const std::string& component, WallTime since) {
    Condition condition = condition_of(component, "untested", since);
    condition.what = fmt::format("no backup of {} was brought back in a test since {}", component,
                                 format_rfc3339(since));
    condition.next = fmt::format(
        "syncwatch backup verify --component {} --level restore says what is in the "
        "way.",
        component);
    return condition;
}

Condition no_places(const RoundsStatus& rounds, WallTime now) {
    Condition condition = condition_of("places", "away", rounds.trouble_since);
    condition.severity = Severity::Critical;
    condition.is_fresh = now - rounds.trouble_since < kComesBack;
    condition.what = "no place for backups answers: " + rounds.trouble;
    condition.next =
        "Nothing is backed up until one does. syncwatch plan show names them; look whether they "
        "answer, are full, or refuse their keys.";
    return condition;
}

}  // namespace

std::optional<Observed> observe(const Plan& plan, const RoundsStatus& rounds, WallTime now) {
    if (!rounds.leads) return std::nullopt;
    Observed observed;
    if (!rounds.trouble.empty()) {
        observed.standing.push_back(no_places(rounds, now));
        return observed;
    }
    observed.is_whole = rounds.went_round != WallTime{};
    for (const auto& [name, each] : rounds.components) {
        for (const auto& [work, trouble] : each.troubles) {
            observed.standing.push_back(failing(name, work, trouble, now));
        }
        if (each.overdue) observed.standing.push_back(overdue_of(name, *each.overdue));
        if (each.damaged) observed.standing.push_back(damaged_of(name, now));
        if (!plan.restore_test || !plan.restore_test->is_timed()) continue;
        const WallTime since = std::max(each.tested, each.kept_since);
        const bool is_kept = each.kept_since != WallTime{};
        if (is_kept && now - since > plan.restore_test->period() * kTestsMissed) {
            observed.standing.push_back(untested(name, since));
        }
    }
    return observed;
}

Condition log_is_behind(std::string words, WallTime since, WallTime now) {
    Condition condition = condition_of("database", "behind", since);
    condition.is_fresh = now - since < kComesBack;
    condition.what = "changes of the database are not backed up: " + std::move(words);
    condition.next =
        "They are caught up with by themselves when the place answers; /health says to which "
        "moment a loss would come back.";
    condition.doc = "docs/recovery/embedded.md";
    return condition;
}

Condition stream_falls_behind(LogFault words, WallTime since, WallTime now) {
    Condition condition = condition_of("pg", "stream", since);
    condition.is_fresh = now - since < kStreamsAgain;
    condition.what = std::move(words.what);
    condition.next = std::move(words.next);
    condition.doc = kStreamDoc;
    return condition;
}

Condition stream_piles_up(LogFault words, WallTime since) {
    Condition condition = condition_of("pg", "kept", since);
    condition.severity = Severity::Critical;
    condition.what = std::move(words.what);
    condition.next = std::move(words.next);
    condition.doc = kStreamDoc;
    return condition;
}

bool is_well(const Observed& observed, const RoundsStatus& rounds, WallTime now) {
    return observed.is_whole && observed.standing.empty() &&
           now - rounds.went_round < kLongestRound;
}

}  // namespace syncwatch::recovery
