#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/command/backup_commands.h"
#include "apps/command/backup_desk.h"
#include "apps/command/backup_words.h"
#include "apps/command/replicate_commands.h"
#include "base/quantity.h"
#include "recovery/backups/due.h"
#include "recovery/postgres/server_clock.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::Backups;

struct RunArguments {
    BackupArguments place;
    std::vector<std::string> components;
    std::string kind;
    bool even_unchanged = false;
    bool due = false;
};

std::vector<std::string> names_of(const Backups& backups) {
    std::vector<std::string> names;
    for (const auto* each : backups.components()) names.push_back(each->name());
    return names;
}

Outcome<std::vector<std::string>> chosen_components(const Backups& backups,
                                                    const std::vector<std::string>& wanted) {
    auto all = names_of(backups);
    if (all.empty()) {
        return give_up(Exit::Refused, "nothing_to_back_up", "nothing here is backed up by command",
                       "An embedded database is backed up by the server while it runs: "
                       "docs/recovery/embedded.md.");
    }
    if (wanted.empty()) return all;
    for (const std::string& each : wanted) {
        if (std::ranges::find(all, each) != all.end()) continue;
        return give_up(Exit::Usage, "usage", each + " is nothing that is backed up here",
                       fmt::format("There are: {}.", fmt::join(all, ", ")));
    }
    return wanted;
}

void tell_made(const Output& out, const Backups::Made& made) {
    const auto& record = made.stored.record;
    if (!made.is_new) {
        out.line(fmt::format("{:9} nothing changed since {}", record.component,
                             format_rfc3339(record.finished)));
        return;
    }
    const std::chrono::duration<double> took = record.finished - record.started;
    std::string counts;
    for (const auto& [what, count] : record.counts) counts += fmt::format(", {} {}", count, what);
    out.line(fmt::format("{:9} {}, {} in {:.1f} s, as of {}{}", record.component, record.id.text(),
                         format_size(record.stored_bytes), took.count(),
                         format_rfc3339(record.window.to), counts));
    if (const std::string clock = recovery::describe_clock(record.annotations); !clock.empty()) {
        out.line("          clock   " + clock);
    }
    for (const auto& each : made.missing) out.line("          missing " + trouble_line(each));
}

/// What is to be made: what was asked for, or what the plan wants by now.
Outcome<std::vector<Backups::Order>> orders_of(CommandDesk& desk, const RunArguments& arguments) {
    const auto names = chosen_components(desk.backups(), arguments.components);
    if (!names) return tl::unexpected<Failure>(names.error());
    std::vector<Backups::Order> orders;
    if (!arguments.due) {
        std::optional<recovery::BackupKind> kind;
        if (!arguments.kind.empty()) kind = recovery::parse_backup_kind(arguments.kind);
        for (const std::string& each : *names) {
            orders.push_back({each, kind, arguments.even_unchanged});
        }
        return orders;
    }
    const auto survey = desk.run(desk.desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    const auto wanted =
        recovery::due(desk.plan(), *survey, desk.backups().components(), desk.clock().wall());
    for (const recovery::Due& each : wanted) {
        if (std::ranges::find(*names, each.component) == names->end()) continue;
        orders.push_back({each.component, each.kind, !each.if_changed});
    }
    return orders;
}

Outcome<> run_backups(Invocation& invocation, const RunArguments& arguments) {
    auto desk = CommandDesk::open(invocation, arguments.place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const auto orders = orders_of(**desk, arguments);
    if (!orders) return tl::unexpected<Failure>(orders.error());
    if (orders->empty()) invocation.out.line("nothing is due");
    std::optional<Failure> first;
    std::size_t failed = 0;
    bool incomplete = false;
    json::array made;
    for (const Backups::Order& order : *orders) {
        const std::string& each = order.component;
        const auto one = (*desk)->run((*desk)->backups().run(order, tell_progress()));
        json::object told{{"component", each}, {"ok", one.has_value()}};
        if (one) {
            tell_made(invocation.out, *one);
            incomplete = incomplete || !one->missing.empty();
            told["new"] = one->is_new;
            told["record"] = record_json(one->stored.record);
            told["missing"] = troubles_json(one->missing);
        } else {
            invocation.out.line(fmt::format("{:9} FAILED: {}", each, one.error().what));
            told["code"] = one.error().code;
            told["what"] = one.error().what;
            ++failed;
            if (!first) first = one.error();
        }
        made.push_back(std::move(told));
    }
    invocation.out.set("backups", std::move(made));
    if (failed > 0 && failed == orders->size()) return tl::unexpected<Failure>(*first);
    if (failed > 0) {
        return give_up(Exit::Partial, "partial",
                       fmt::format("{} of {} were not backed up", failed, orders->size()),
                       first->hint);
    }
    if (!incomplete) return {};
    return give_up(Exit::Partial, "not_everywhere", "they are not in both repositories yet",
                   "What is there counts; the next run brings the rest.");
}

/// Films have no record in the catalogue: the ledger is their inventory, and servers copy them all
/// the time.
constexpr const char* kObjects = "objects";

Outcome<> run_all(Invocation& invocation, RunArguments arguments) {
    const bool is_named = std::erase(arguments.components, kObjects) > 0;
    const bool are_all = arguments.components.empty() && !is_named;
    if (is_named && arguments.components.empty()) return copy_objects(invocation);
    const Outcome<> made = run_backups(invocation, arguments);
    const bool with_objects =
        is_named || (are_all && !arguments.due && invocation.settings.second.on());
    if (!with_objects) return made;
    const Outcome<> copied = copy_objects(invocation);
    return made ? copied : made;
}

}  // namespace

void add_backup_run(CLI::App& backup, Command& chosen) {
    const auto arguments = std::make_shared<RunArguments>();
    CLI::App* run = backup.add_subcommand(
        "run",
        "Back up now: all components, or those that are named. Ends with 7 where some of them "
        "failed, or one repository is away");
    add_backup_options(*run, arguments->place, false);
    run->add_option("--component", arguments->components,
                    "Only this one: pg, redis, config, secrets; objects: films, into the second "
                    "store")
        ->type_name("NAME");
    run->add_option("--kind", arguments->kind,
                    "full, diff or incr; without it the first is a full one, and the others are as "
                    "light as they can be")
        ->check(CLI::IsMember({"full", "diff", "incr", "snapshot"}))
        ->type_name("KIND");
    run->add_flag("--even-unchanged", arguments->even_unchanged,
                  "Also what did not change since its last backup");
    run->add_flag("--due", arguments->due,
                  "Only what the plan wants by now, and the kind that it wants; for a timer, where "
                  "no server makes it")
        ->excludes("--kind")
        ->excludes("--even-unchanged");
    run->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return run_all(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
