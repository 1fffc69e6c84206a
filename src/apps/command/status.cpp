#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/admin.h"
#include "apps/command/backup_desk.h"
#include "apps/command/backup_words.h"
#include "apps/command/objects_inventory.h"
#include "base/quantity.h"
#include "recovery/backups/standing.h"
#include "recovery/embedded/rehearsal.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::LiveFacts;
using recovery::Standing;

/// What no catalogue knows: logs that follow, and components that were never backed up.
Outcome<std::vector<LiveFacts>> live_facts(const config::Settings& settings, CommandDesk& desk,
                                           const recovery::Survey& survey) {
    std::vector<LiveFacts> facts;
    for (recovery::BackupComponent* each : desk.backups().components()) {
        LiveFacts one{each->name(), std::nullopt, {}};
        auto history = survey.history_of(one.component);
        const auto windows = desk.run(each->windows(std::move(history)));
        // Whoever does not answer reaches as far as its newest backup.
        if (windows && !windows->empty()) one.reaches = windows->back().to;
        facts.push_back(std::move(one));
    }
    if (settings.postgres.on()) return facts;
    LiveFacts embedded{"sqlite", std::nullopt, {}};
    for (BackupRepository* each : desk.desk().repositories()) {
        std::string cluster = desk.cluster();
        const auto found = desk.run(recovery::survey(*each, std::move(cluster)));
        if (!found) continue;
        const auto windows = recovery::windows(*found);
        if (!windows.empty()) embedded.reaches = windows.back().to;
        embedded.copies = recovery::copies(*found);
        if (embedded.reaches) break;
    }
    facts.push_back(std::move(embedded));
    return facts;
}

/// Objects are copied, not backed up: what is not in the second store yet would be gone.
Standing standing_of_objects(const ObjectsInventory& all, const recovery::Plan& plan) {
    Standing objects;
    objects.component = objects.part = "objects";
    const auto promised = plan.objectives.find("objects");
    if (promised != plan.objectives.end()) {
        objects.promised_loss = promised->second.rpo;
        objects.promised_time = promised->second.rto;
    }
    // Of nothing, nothing can be lost.
    if (all.second || all.covered.objects == 0) objects.loss = all.lag();
    objects.damaged = all.covered.damaged > 0 || all.covered.lost > 0;
    if (all.covered.oldest) objects.verified = *all.covered.oldest;
    return objects;
}

Outcome<ObjectsInventory> inventory_of(const Invocation& invocation) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    return take_inventory(**admin, invocation.settings);
}

std::string span_text(std::optional<std::chrono::seconds> span, const char* otherwise) {
    return span ? format_span(*span) : otherwise;
}

std::string ago(WallTime then, WallTime now) {
    if (then == WallTime{}) return "never";
    return format_span(std::chrono::duration<double>(now - then).count()) + " ago";
}

std::string verdict(const Standing& standing) {
    if (standing.damaged) return "DAMAGED";
    if (standing.misses_loss()) return "loses too much";
    if (standing.misses_time()) return "takes too long";
    if (!standing.time && standing.component != "objects") return "never restored in a test";
    return "ok";
}

std::vector<std::string> row_of(const Standing& standing, WallTime now) {
    const std::string time =
        standing.time
            ? fmt::format("{:.1f} s", std::chrono::duration<double>(*standing.time).count())
            : "not measured";
    return {standing.component,
            span_text(standing.loss, "everything"),
            span_text(standing.promised_loss, "–"),
            time,
            span_text(standing.promised_time, "–"),
            ago(standing.verified, now),
            ago(standing.restored, now),
            verdict(standing)};
}

json::value seconds_json(std::optional<std::chrono::seconds> span) {
    return span ? json::value(span->count()) : json::value(nullptr);
}

json::value time_json(WallTime time) {
    return time == WallTime{} ? json::value(nullptr) : json::value(format_rfc3339(time));
}

json::object standing_json(const Standing& standing) {
    return {{"component", standing.component},
            {"part", standing.part},
            {"loss_seconds", seconds_json(standing.loss)},
            {"promised_loss_seconds", seconds_json(standing.promised_loss)},
            {"recovery_seconds",
             standing.time ? json::value(std::chrono::duration<double>(*standing.time).count())
                           : json::value(nullptr)},
            {"promised_recovery_seconds", seconds_json(standing.promised_time)},
            {"backed_up", time_json(standing.backed_up)},
            {"verified", time_json(standing.verified)},
            {"restored", time_json(standing.restored)},
            {"damaged", standing.damaged},
            {"state", verdict(standing)}};
}

Outcome<> judge(const std::vector<Standing>& all) {
    std::string damaged;
    std::string missed;
    for (const Standing& each : all) {
        std::string& list = each.damaged ? damaged : missed;
        if (!each.damaged && !each.misses_loss() && !each.misses_time()) continue;
        list += (list.empty() ? "" : ", ") + each.component;
    }
    if (!damaged.empty()) {
        return give_up(Exit::VerificationFailed, "backup_damaged", "damage was found: " + damaged,
                       "Back up anew: syncwatch backup run. syncwatch backup list and syncwatch "
                       "replicate status name what is damaged.");
    }
    if (missed.empty()) return {};
    return give_up(Exit::ObjectiveMissed, "objective_missed",
                   "the plan promises more than would be kept now: " + missed,
                   "Look at /health (backup) for what is in the way, or promise less.");
}

Outcome<> show_status(Invocation& invocation, const BackupArguments& arguments) {
    auto desk = CommandDesk::open(invocation, arguments);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const auto survey = (*desk)->run((*desk)->desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    const auto live = live_facts(invocation.settings, **desk, *survey);
    if (!live) return tl::unexpected<Failure>(live.error());
    const WallTime now = (*desk)->clock().wall();
    auto all = recovery::standings((*desk)->plan(), *survey, *live, now);
    const auto objects = inventory_of(invocation);
    if (objects) all.push_back(standing_of_objects(*objects, (*desk)->plan()));
    std::vector<std::vector<std::string>> rows;
    json::array standings;
    for (const Standing& each : all) {
        rows.push_back(row_of(each, now));
        standings.push_back(standing_json(each));
    }
    const Output& out = invocation.out;
    out.line("if everything were lost now:\n");
    out.line(
        table({"", "LOST", "PROMISED", "BACK IN", "PROMISED", "VERIFIED", "RESTORED", ""}, rows));
    if (!objects) out.line("objects: " + objects.error().what);
    if (objects) {
        out.line("");
        for (const std::string& line : inventory_lines(*objects)) out.line(line);
        invocation.out.set("objects", inventory_json(*objects));
    }
    for (const auto& each : survey->away) out.line("away: " + trouble_line(each));
    invocation.out.set("standings", std::move(standings));
    invocation.out.set("away", troubles_json(survey->away));
    return judge(all);
}

}  // namespace

void add_status(CLI::App& app, Command& chosen) {
    const auto arguments = std::make_shared<BackupArguments>();
    CLI::App* status = app.add_subcommand("status",
                                          "What would be lost, and how long recovery would take, "
                                          "if everything failed now, beside what "
                                          "the plan promises. Ends with 6 where a promise would "
                                          "not be kept, 5 where damage was found");
    add_backup_options(*status, *arguments, false);
    status->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return show_status(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
