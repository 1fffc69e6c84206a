#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "adapters/system/system_clock.h"
#include "apps/command/backup_words.h"
#include "apps/command/objects_inventory.h"
#include "apps/command/outlook_now.h"
#include "apps/command/table.h"
#include "base/async/run_to_end.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::Reason;
using recovery::Standing;

constexpr std::chrono::seconds kWatchEvery{5};

std::string span_text(std::optional<std::chrono::seconds> span, const char* otherwise) {
    return span ? format_span(*span) : otherwise;
}

std::string ago(WallTime then, WallTime now) {
    if (then == WallTime{}) return "never";
    return format_span(std::chrono::duration<double>(now - then).count()) + " ago";
}

std::string verdict(Reason reason) {
    switch (reason) {
        case Reason::None: return "ok";
        case Reason::Damaged: return "DAMAGED";
        case Reason::Overdue: return "overdue";
        case Reason::NoBackup: return "no backup";
        case Reason::NotFollowed: return "NOT FOLLOWED";
        case Reason::LosesTooMuch: return "loses too much";
        case Reason::TakesTooLong: return "takes too long";
        case Reason::NotPlanned: return "not planned";
        case Reason::NeverRestored: return "never restored in a test";
        case Reason::Away: break;
    }
    return "not known now";
}

std::vector<std::string> row_of(const ComponentOutlook& component, WallTime now) {
    const Standing& standing = component.standing;
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
            verdict(component.judgement.reason)};
}

Outcome<> judge(const Outlook& outlook) {
    std::string damaged;
    std::string missed;
    for (const ComponentOutlook& each : outlook.components) {
        const Standing& standing = each.standing;
        std::string& list = standing.damaged ? damaged : missed;
        const bool misses = standing.misses_loss() || standing.misses_time();
        if (!standing.damaged && (!misses || standing.is_away)) continue;
        list += (list.empty() ? "" : ", ") + standing.component;
    }
    if (!damaged.empty()) {
        return give_up(Exit::VerificationFailed, "backup_damaged", "damage was found: " + damaged,
                       "Back up anew: syncwatch backup run. syncwatch backup list and syncwatch "
                       "replicate status name what is damaged.");
    }
    for (const ComponentOutlook& each : outlook.components) {
        if (!each.standing.films.empty()) return films_are_damaged(each.standing.films);
    }
    if (missed.empty()) return {};
    return give_up(Exit::ObjectiveMissed, "objective_missed",
                   "the plan promises more than would be kept now: " + missed,
                   "Look at /health (backup) for what is in the way, or promise less.");
}

void tell_stream(const recovery::FollowedLog& log, const Output& out) {
    out.line("the log of PostgreSQL: " + describe(log));
    for (const auto& fault : {falls_behind(log), piles_up(log)}) {
        if (fault) out.line(fault->what + ". " + fault->next);
    }
}

void tell(const Outlook& outlook, const Output& out) {
    std::vector<std::vector<std::string>> rows;
    for (const ComponentOutlook& each : outlook.components) {
        rows.push_back(row_of(each, outlook.at));
    }
    out.line("if everything were lost now:\n");
    out.line(
        table({"", "LOST", "PROMISED", "BACK IN", "PROMISED", "VERIFIED", "RESTORED", ""}, rows));
    for (const auto& each : outlook.away) out.line("away: " + trouble_line(each));
    for (const ComponentOutlook& each : outlook.components) {
        if (!each.detail.empty()) out.line(each.standing.component + ": " + each.detail);
        if (!each.command.empty()) out.line(each.standing.component + ": " + each.command);
    }
    for (const ComponentOutlook& each : outlook.components) {
        if (each.stream) tell_stream(*each.stream, out);
    }
    if (outlook.leader) out.line("backups at given times are made by " + *outlook.leader);
}

/// What no summary says of objects: how many, and what waits, is damaged or lost.
void tell_objects(Invocation& invocation, Admin& admin) {
    const auto objects = take_inventory(admin, invocation.settings);
    if (!objects) return invocation.out.line("objects: " + objects.error().what);
    invocation.out.line("");
    for (const std::string& line : inventory_lines(*objects)) invocation.out.line(line);
    invocation.out.set("objects", inventory_json(*objects));
}

Outcome<> show_status(Invocation& invocation, const BackupArguments& arguments) {
    const auto now = look_out(invocation, arguments);
    if (!now) return tl::unexpected<Failure>(now.error());
    tell(now->outlook, invocation.out);
    if (now->admin) {
        tell_objects(invocation, *now->admin);
    } else {
        invocation.out.line("objects: " + now->admin_trouble);
    }
    json::object document = outlook_json(now->outlook);
    for (const char* each : {"leader", "summary", "repositories"}) {
        invocation.out.set(each, std::move(document.at(each)));
    }
    invocation.out.set("standings", std::move(document.at("components")));
    invocation.out.set("away", troubles_json(now->outlook.away));
    return judge(now->outlook);
}

net::awaitable<void> pause(Clock& clock) {
    co_await clock.sleep_until(clock.now() + kWatchEvery);
}

/// Again and again, until somebody ends it: what cannot be seen now may be the next time.
Outcome<> watch_status(Invocation& invocation, const BackupArguments& arguments) {
    if (invocation.out.json()) {
        return give_up(Exit::Usage, "usage", "--watch is for people, and --json for programs",
                       "Ask again with --json as often as you like.");
    }
    SystemClock clock;
    for (;;) {
        invocation.out.line(format_rfc3339(clock.wall()) + "\n");
        const auto shown = show_status(invocation, arguments);
        if (!shown) invocation.out.line("\n" + shown.error().what);
        invocation.out.line("");
        run_to_end(pause(clock));
    }
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
    const auto watches = std::make_shared<bool>(false);
    status->add_flag("--watch", *watches, "Again every five seconds, until it is ended (Ctrl-C)");
    status->callback([&chosen, arguments, watches] {
        chosen.run = [arguments, watches](Invocation& invocation) {
            return *watches ? watch_status(invocation, *arguments)
                            : show_status(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
