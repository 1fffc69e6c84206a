#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/backup_words.h"
#include "apps/command/command.h"
#include "apps/command/everything_plan.h"
#include "apps/command/everything_run.h"
#include "apps/command/restore_hold.h"
#include "apps/command/set_words.h"
#include "apps/command/table.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

std::string takes_text(const PlannedStep& step) {
    if (!step.takes) return step.as_of ? "not measured" : "";
    return fmt::format("{:.1f} s", std::chrono::duration<double>(*step.takes).count());
}

void show_files(Invocation& invocation, const Laying& laying) {
    json::array list;
    for (const Laying::Step& each : laying.steps()) {
        const char* const does = each.found == Found::Nothing ? "new"
                                 : each.found == Found::Same  ? "is there"
                                                              : "replaces";
        invocation.out.line(fmt::format("   {:9} {}{}", does, each.target.string(),
                                        each.secret ? " (secret)" : ""));
        list.push_back(json::object{
            {"target", each.target.string()}, {"secret", each.secret}, {"does", does}});
    }
    invocation.out.set("files", std::move(list));
}

void show_plan(Invocation& invocation, CommandDesk& desk, const EverythingPlan& plan) {
    Output& out = invocation.out;
    for (const auto& each : desk.gone()) out.line("away     " + trouble_line(each));
    const double ago = seconds_between(plan.set.moment, desk.clock().wall());
    out.line(fmt::format("{} installation {} as of {}; what happened in the {} since is lost\n",
                         plan.goes_on ? "goes on with" : "brings back", desk.cluster(),
                         moment_text(plan.set.moment), format_span(ago)));
    if (!plan.found.trouble.empty()) out.line("not certain: " + plan.found.trouble + "\n");
    out.line(table({"COMPONENT", "AS OF", "LOST BEFORE THAT MOMENT", ""}, set_rows(plan.set)) +
             "\n");
    std::vector<std::vector<std::string>> rows;
    json::array steps;
    for (const PlannedStep& each : plan.steps) {
        rows.push_back({each.name, takes_text(each), each.what});
        steps.push_back(json::object{
            {"step", each.name},
            {"what", each.what},
            {"expected_seconds",
             each.takes ? json::value(std::chrono::duration<double>(*each.takes).count())
                        : json::value(nullptr)}});
    }
    out.line(table({"STEP", "TAKES", ""}, rows) + "\n");
    show_files(invocation, plan.laying);
    out.line("\nWhat lies there is moved aside, and stays until you remove it.");
    out.set("cluster", json::string(desk.cluster()));
    out.set("set", set_json(plan.set));
    out.set("lost_seconds", ago);
    out.set("steps", std::move(steps));
    out.set("goes_on", plan.goes_on);
    out.set("token", json::string(plan.token));
}

/// What an installation cannot be without.
Outcome<> expect_secrets(const EverythingPlan& plan) {
    for (const Laying::Step& each : plan.laying.steps()) {
        if (!each.about.redacted) continue;
        return give_up(Exit::Refused, "secrets_missing",
                       each.target.string() +
                           " has REDACTED in the place of its secrets, and no "
                           "backup has them",
                       "Lay the settings down with restore config, write the secrets into them by "
                       "hand, then restore the database.");
    }
    return {};
}

void show_everything_next(const Output& out, const EverythingPlan& plan) {
    if (!plan.is_in_place()) {
        out.line("\nnext      look at it; with --in-place it goes where it came from");
        return;
    }
    const std::string& file = plan.settings.config_file.string();
    const std::string config = file.empty() ? "" : " --config " + file;
    if (!plan.is_embedded()) {
        out.line(
            "\nby hand   ALTER SYSTEM RESET archive_mode, restart PostgreSQL, make a full "
            "backup: nothing is archived until then");
    }
    out.line("\nnext      syncwatch doctor" + config);
    out.line("          systemctl daemon-reload && systemctl enable --now syncwatch");
}

Outcome<> restore_everything(Invocation& invocation, const EverythingArguments& arguments) {
    if (arguments.in_place == !arguments.into.empty()) {
        return give_up(Exit::Usage, "usage", "it must be said where to: --into DIR or --in-place",
                       "--into DIR lays all of it down below a folder, to be looked at; --in-place "
                       "where it came from.");
    }
    auto desk = CommandDesk::open(invocation, arguments.backup, CommandDesk::For::Restore);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    // From the first look on: bundles are read to make the plan.
    RestoreHold hold(invocation, (*desk)->cluster(), (*desk)->desk().places(),
                     {"config", "secrets", "sqlite", "pg", "redis"});
    const auto plan = plan_everything(invocation, **desk, arguments);
    if (!plan) return tl::unexpected<Failure>(plan.error());
    show_plan(invocation, **desk, *plan);
    if (auto whole = expect_secrets(*plan); !whole) return whole;
    if (arguments.dry_run) {
        invocation.out.line("To do it: --confirm " + plan->token);
        return {};
    }
    // Killed after its last step, it has nothing to go on with.
    const auto ended = RestoreJournal::ended(plan->state, arguments.confirmed);
    if (!plan->goes_on && ended) {
        invocation.out.line("\nThis was done. Its journal: " + ended->string());
        invocation.out.set("done_before", json::string(ended->string()));
        show_everything_next(invocation.out, *plan);
        return {};
    }
    // Whoever can write a repository can put any file into a bundle: somebody reads the list first.
    if (arguments.confirmed != plan->token) {
        return give_up(Exit::ConfirmationNeeded, "confirmation_needed",
                       arguments.confirmed.empty() ? "nobody confirmed that all of this goes there"
                                                   : "things are not as they were when that was "
                                                     "shown",
                       "Read the list; then repeat it with --confirm " + plan->token);
    }
    auto journal = RestoreJournal::open(plan->state);
    if (!journal) return tl::unexpected<Failure>(failure_of(journal.error()));
    if (journal->head() == nullptr) {
        auto begun = journal->begin({{"token", plan->token},
                                     {"choice", plan->choice},
                                     {"asked", arguments.backup.moment},
                                     {"cluster", (*desk)->cluster()},
                                     {"moment", format_rfc3339(plan->set.moment)},
                                     {"moment_us", to_micros(plan->set.moment)}},
                                    (*desk)->clock().wall());
        if (!begun) return tl::unexpected<Failure>(failure_of(begun.error()));
    }
    EverythingRun run(invocation, **desk, *plan, arguments, *journal, hold);
    if (auto done = run.run(); !done) return done;
    show_everything_next(invocation.out, *plan);
    return {};
}

void add_everything_options(CLI::App& command, EverythingArguments& arguments) {
    add_backup_options(command, arguments.backup, true);
    command
        .add_option("--into", arguments.into,
                    "Below this folder, to be looked at; nothing is started or checked")
        ->type_name("DIR");
    command
        .add_option("--timeline", arguments.timeline,
                    "The past that is meant, where PostgreSQL has several")
        ->type_name("NUMBER");
    command.add_flag("--in-place", arguments.in_place,
                     "Where it came from; what lies there is moved aside, never removed");
    command
        .add_option("--start-postgres", arguments.start_postgres,
                    "This command starts PostgreSQL when its files are there, as in 'systemctl "
                    "start postgresql'; without it somebody does, and repeats the command")
        ->type_name("COMMAND");
    command.add_flag("--dry-run", arguments.dry_run,
                     "Say what would be done, how long it takes and what is lost; do nothing");
    command
        .add_option("--confirm", arguments.confirmed, "The word that --dry-run shows: do just that")
        ->type_name("TOKEN");
}

}  // namespace

void add_restore_everything(CLI::App& restore, Command& chosen) {
    const auto arguments = std::make_shared<EverythingArguments>();
    CLI::App* command = restore.add_subcommand(
        "everything",
        "The whole installation on a new machine, from a recovery key and the address of a "
        "repository: settings and secrets, database, Redis, all as of one moment, then a look "
        "whether they belong together. Interrupted, the same command goes on. "
        "docs/recovery/everything.md");
    add_everything_options(*command, *arguments);
    command->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return restore_everything(invocation, *arguments);
        };
        // Whoever restores them may have settings that cannot be used.
        chosen.despite_problems = true;
    });
}

}  // namespace syncwatch::apps
