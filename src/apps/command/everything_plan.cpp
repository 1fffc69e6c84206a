#include "apps/command/everything_plan.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apps/command/restore_parts.h"
#include "apps/command/restored_settings.h"
#include "apps/restore/restore_journal.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

fs::path state_folder(const EverythingPlan& plan) {
    return plan.rooted(plan.settings.data.dir) / "restore";
}

/// What was begun is gone on with, at the same moment.
Outcome<> take_up(const EverythingArguments& arguments, EverythingPlan& plan,
                  std::optional<WallTime>& moment) {
    const auto begun = RestoreJournal::unfinished(plan.state);
    if (!begun) return tl::unexpected<Failure>(failure_of(begun.error()));
    if (!*begun) return {};
    const auto& head = **begun;
    const std::string asked(head.at("asked").as_string());
    if (asked != arguments.backup.moment) {
        return give_up(Exit::Refused, "another_begun",
                       fmt::format("a restore with --to {} was begun here and has not ended",
                                   asked.empty() ? "latest" : asked),
                       fmt::format("Repeat that one, or move {} away to begin another.",
                                   (plan.state / "journal.ndjson").string()));
    }
    moment = from_micros(head.at("moment_us").to_number<std::int64_t>());
    plan.token = std::string(head.at("token").as_string());
    plan.choice = std::string(head.at("choice").as_string());
    plan.goes_on = true;
    return {};
}

/// It was within reach when it was begun. What is known of the log's end changes when there is a
/// data folder again.
void keep_in_reach(WallTime moment, SetSources& found) {
    const auto leads =
        std::ranges::find(found.sources, found.database, &recovery::SetSource::component);
    if (leads != found.sources.end()) leads->windows.push_back({moment, moment});
}

/// Settings first: they say which database it was. Then the moment, then the settings of that.
Outcome<> choose(Invocation& invocation, CommandDesk& desk, const recovery::Survey& survey,
                 const EverythingArguments& arguments, PairWish wish, EverythingPlan& plan) {
    auto asked = wish.moment;
    wish.or_later = true;
    for (int round = 0; round < 2; ++round) {
        auto pair = fetch_pair(desk, survey, wish);
        if (!pair) return tl::unexpected<Failure>(pair.error());
        plan.pair = *std::move(pair);
        auto settings = settings_in(plan.pair.bundles, invocation.flags);
        if (!settings) return tl::unexpected<Failure>(settings.error());
        plan.settings = *std::move(settings);
        plan.state = state_folder(plan);
        if (auto begun = take_up(arguments, plan, asked); !begun) return begun;
        plan.found = set_sources(plan.settings, desk, survey, "");
        if (plan.goes_on) keep_in_reach(*asked, plan.found);
        auto set = recovery::recovery_set(plan.found.sources, plan.found.database, asked);
        if (!set) return tl::unexpected<Failure>(failure_of(set.error()));
        plan.set = *std::move(set);
        wish.moment = plan.set.moment;
        const auto is_early = [&](const recovery::BackupRecord& each) {
            return each.window.to <= plan.set.moment;
        };
        if (std::ranges::all_of(plan.pair.records, is_early)) break;
    }
    // By what is in them they may be others than by their times alone.
    for (recovery::SetPart& part : plan.set.parts) {
        for (const recovery::BackupRecord& each : plan.pair.records) {
            if (each.component != part.component) continue;
            part.as_of = each.window.to;
            part.is_later = each.window.to > plan.set.moment;
        }
    }
    return {};
}

const recovery::BackupRecord* redis_of(const recovery::Survey& survey, WallTime moment) {
    const recovery::BackupRecord* found = nullptr;
    for (const recovery::Catalogued& each : survey.backups) {
        const recovery::BackupRecord& record = each.record();
        const bool fits =
            record.component == "redis" && !each.is_expired && record.window.to <= moment;
        if (fits && (found == nullptr || found->window.to <= record.window.to)) found = &record;
    }
    return found;
}

/// How long each took in its last test, for as much as there is now.
class Times {
public:
    Times(CommandDesk& desk, const recovery::Survey& survey, const recovery::LiveFacts& live)
        : all_(recovery::standings(desk.plan(), survey, {live}, desk.clock().wall())) {}
    std::optional<std::chrono::milliseconds> of(std::string_view component) const {
        const auto found = std::ranges::find(all_, component, &recovery::Standing::component);
        return found == all_.end() ? std::nullopt : found->time;
    }

private:
    std::vector<recovery::Standing> all_;
};

std::uint64_t bytes_of(const EverythingPlan& plan) {
    // Ids of version 7: the newest is the last.
    const auto& copies = plan.found.live.copies;
    return copies.empty() ? 0 : copies.rbegin()->second;
}

std::optional<WallTime> as_of(const EverythingPlan& plan, std::string_view component) {
    const recovery::SetPart* const part = plan.set.find(component);
    return part == nullptr ? std::nullopt : part->as_of;
}

void add_steps(EverythingPlan& plan, const Times& times) {
    std::size_t secrets = 0;
    for (const Laying::Step& each : plan.laying.steps()) secrets += each.secret ? 1 : 0;
    plan.steps.push_back(
        {"settings",
         fmt::format("{} files, {} of them secrets", plan.laying.steps().size(), secrets),
         as_of(plan, "config"), times.of("config")});
    const std::string where =
        plan.is_embedded()
            ? fmt::format("SQLite, {}, into {}", format_size(bytes_of(plan)),
                          plan.database().string())
            : "PostgreSQL, into " + plan.rooted(plan.settings.recovery.pg_data).string();
    plan.steps.push_back({"database", where, plan.set.moment, times.of(plan.found.database)});
    if (plan.redis) {
        plan.steps.push_back({"redis",
                              plan.is_in_place() ? "into " + plan.settings.recovery.redis_url
                                                 : "as " + (plan.root / "redis.rdb").string(),
                              plan.redis->window.to, times.of("redis")});
    }
    if (!plan.is_in_place()) return;
    plan.steps.push_back({"migrate", "the schema of this version of SyncWatch", std::nullopt, {}});
    plan.steps.push_back({"check",
                          plan.settings.second.on()
                              ? "database and both stores, " + plan.settings.second.name()
                              : "database and objects: there is no second store",
                          std::nullopt,
                          {}});
    plan.steps.push_back({"note", "that it was restored, where audits look", std::nullopt, {}});
}

/// Names what was chosen, and not what lies there.
std::string choice_of(CommandDesk& desk, const EverythingPlan& plan) {
    std::string all = fmt::format("{} {} {} {}", desk.cluster(), to_micros(plan.set.moment),
                                  plan.found.database, plan.root.string());
    for (const auto& each : plan.pair.records) all += " " + each.id.text();
    if (plan.redis) all += " " + plan.redis->id.text();
    return word_for(all);
}

std::string token_for(const EverythingPlan& plan) {
    const fs::path target = plan.is_embedded() ? plan.database() : plan.settings.recovery.pg_data;
    return word_for(fmt::format("{} {} {} {}", plan.choice, plan.laying.token(), target.string(),
                                state_of_database(target)));
}

}  // namespace

Outcome<EverythingPlan> plan_everything(Invocation& invocation, CommandDesk& desk,
                                        const EverythingArguments& arguments) {
    EverythingPlan plan;
    PairWish wish;
    wish.identity = arguments.backup.identity;
    const auto moment = moment_of(arguments.backup);
    if (!moment) return tl::unexpected<Failure>(moment.error());
    wish.moment = *moment;
    plan.postgres_target = *moment ? arguments.backup.moment : "latest";
    plan.root = arguments.in_place ? fs::path("/") : fs::absolute(arguments.into);
    const auto survey = desk.run(desk.desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    if (auto chosen = choose(invocation, desk, *survey, arguments, wish, plan); !chosen) {
        return tl::unexpected<Failure>(chosen.error());
    }
    const auto* const redis = redis_of(*survey, plan.set.moment);
    const bool has_redis = !plan.settings.recovery.redis_url.empty();
    if (redis != nullptr && has_redis) plan.redis = *redis;
    auto laying = Laying::plan(plan.pair.bundles, plan.root);
    if (!laying) return tl::unexpected<Failure>(failure_of(laying.error()));
    plan.laying = *std::move(laying);
    add_steps(plan, Times(desk, *survey, plan.found.live));
    const std::string choice = choice_of(desk, plan);
    if (plan.goes_on && choice != plan.choice) {
        return give_up(Exit::Refused, "another_begun",
                       "a restore was begun here from backups that cannot be had any more",
                       fmt::format("Move {} away to begin another.",
                                   (plan.state / "journal.ndjson").string()));
    }
    plan.choice = choice;
    if (!plan.goes_on) plan.token = token_for(plan);
    return plan;
}

}  // namespace syncwatch::apps
