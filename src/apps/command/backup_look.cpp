#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/backup_commands.h"
#include "apps/command/backup_desk.h"
#include "apps/command/backup_words.h"
#include "base/quantity.h"
#include "recovery/backups/due.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::Backups;
using recovery::Catalogued;
using recovery::Survey;
using recovery::VerifyLevel;

struct LookArguments {
    BackupArguments place;
    std::string component;
    std::string set;
    std::string level = "checksums";
    bool all = false;
    bool due = false;
};

void tell_looked(const Output& out, const Backups::Looked& looked) {
    const auto& record = looked.stored.record;
    const auto& look = looked.verification;
    const std::chrono::duration<double> took = look.took;
    out.line(fmt::format("{:9} {}  {:10} {} ({}, {:.1f} s)", record.component, record.id.text(),
                         word(look.level), look.sound ? "sound" : "DAMAGED",
                         format_size(look.bytes), took.count()));
    if (!look.words.empty()) out.line("          " + look.words);
    for (const auto& each : looked.unheld) {
        out.line("          not held, it might have expired meanwhile: " + trouble_line(each));
    }
    for (const auto& each : looked.missing) {
        out.line("          not written down " + trouble_line(each));
    }
}

struct Turn {
    recovery::BackupId backup;
    VerifyLevel level = VerifyLevel::Checksums;
};

/// What the plan wants to be brought back in a test by now.
std::vector<Turn> turns_due(CommandDesk& desk, const Survey& survey, const std::string& component) {
    std::vector<Turn> turns;
    const auto& components = desk.backups().components();
    const auto due = recovery::tests_due(desk.plan(), survey, components, desk.clock().wall());
    for (const auto* each : components) {
        const std::string& name = each->name();
        if (!component.empty() && component != name) continue;
        if (std::ranges::find(due, name) == due.end()) continue;
        turns.push_back(
            {*recovery::longest_unseen(survey, name, each->deepest()), each->deepest()});
    }
    return turns;
}

/// Which backups a look is at: one that is named, all, or of each component that which nobody
/// looked at for longest.
Outcome<std::vector<Turn>> chosen_backups(const Survey& survey, const LookArguments& arguments,
                                          VerifyLevel level) {
    std::vector<Turn> chosen;
    if (!arguments.set.empty()) {
        const auto one = backup_named(survey, arguments.set);
        if (!one) return tl::unexpected<Failure>(one.error());
        chosen.push_back({one->record().id, level});
        return chosen;
    }
    const auto is_wanted = [&](const std::string& component) {
        return arguments.component.empty() || arguments.component == component;
    };
    if (arguments.all) {
        for (const Catalogued& each : survey.backups) {
            if (!each.is_expired && is_wanted(each.record().component)) {
                chosen.push_back({each.record().id, level});
            }
        }
    } else {
        for (const std::string& each : survey.components()) {
            if (!is_wanted(each)) continue;
            if (const auto one = longest_unseen(survey, each, level))
                chosen.push_back({*one, level});
        }
    }
    if (!chosen.empty()) return chosen;
    return give_up(Exit::Refused, "no_backups", "there is no such backup to look at",
                   "syncwatch backup list shows what there is, syncwatch backup run makes one.");
}

tl::unexpected<Failure> catalogue_is_damaged(std::size_t faults) {
    return give_up(
        Exit::VerificationFailed, "catalogue_damaged",
        fmt::format("{} records of backups are damaged", faults),
        "docs/recovery/catalogue.md says what each of these means. Make a new backup now: "
        "syncwatch backup run.");
}

Outcome<> verify_backups(Invocation& invocation, const LookArguments& arguments) {
    const VerifyLevel level = *recovery::parse_verify_level(arguments.level);
    auto desk = CommandDesk::open(invocation, arguments.place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    // All copies of records: a backup whose record cannot be believed is among none of those below.
    const auto survey =
        (*desk)->run((*desk)->desk().catalogue().survey(recovery::Catalogue::Depth::Copies));
    if (!survey) return tl::unexpected<Failure>(survey.error());
    const std::size_t faults = tell_faults(invocation.out, *survey, arguments.component);
    const auto backups =
        arguments.due ? Outcome<std::vector<Turn>>(turns_due(**desk, *survey, arguments.component))
                      : chosen_backups(*survey, arguments, level);
    if (!backups && faults > 0) return catalogue_is_damaged(faults);
    if (!backups) return tl::unexpected<Failure>(backups.error());
    if (backups->empty()) invocation.out.line("nothing is due");
    std::size_t damaged = 0;
    std::size_t unseen = 0;
    std::string films;
    std::optional<Failure> first;
    json::array looks;
    for (const Turn& each : *backups) {
        const auto looked =
            (*desk)->run((*desk)->backups().verify(each.backup, each.level, tell_progress()));
        if (!looked) {
            invocation.out.line(
                fmt::format("{}  nobody could look: {}", each.backup.text(), looked.error().what));
            ++unseen;
            if (!first) first = looked.error();
            continue;
        }
        tell_looked(invocation.out, *looked);
        if (!looked->verification.sound) ++damaged;
        if (has_damaged_films(looked->verification)) films = looked->verification.words;
        json::object told = verification_json(looked->verification);
        told["component"] = looked->stored.record.component;
        looks.push_back(std::move(told));
    }
    invocation.out.set("verifications", std::move(looks));
    if (damaged > 0) {
        return give_up(Exit::VerificationFailed, "backup_damaged",
                       fmt::format("{} of {} backups are damaged", damaged, backups->size()),
                       "Make a new one now: syncwatch backup run. Keep the damaged ones until that "
                       "one was verified.");
    }
    if (faults > 0) return catalogue_is_damaged(faults);
    if (unseen > 0 && unseen == backups->size()) return tl::unexpected<Failure>(*first);
    if (unseen == 0 && !films.empty()) return films_are_damaged(films);
    if (unseen == 0) return {};
    return give_up(Exit::Partial, "partial",
                   fmt::format("{} of {} could not be looked at", unseen, backups->size()),
                   first->hint);
}

Outcome<> show_backup(Invocation& invocation, const LookArguments& arguments) {
    auto desk = CommandDesk::open(invocation, arguments.place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const auto survey = (*desk)->run((*desk)->desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    const auto found = backup_named(*survey, arguments.set);
    if (!found) return tl::unexpected<Failure>(found.error());
    const auto& record = found->record();
    const Output& out = invocation.out;
    out.line(fmt::format("{} of {}, {}", word(record.kind), record.component, record.id.text()));
    out.line(fmt::format("made        {} to {}, by {} {} on {}", format_rfc3339(record.started),
                         format_rfc3339(record.finished), record.engine, record.engine_version,
                         record.node));
    out.line(fmt::format("brings back {} to {}", format_rfc3339(record.window.from),
                         format_rfc3339(record.window.to)));
    out.line(fmt::format("size        {}, {} stored", format_size(record.raw_bytes),
                         format_size(record.stored_bytes)));
    if (!record.position.empty()) out.line("ends at     " + record.position);
    for (const auto& [what, count] : record.counts) {
        out.line(fmt::format("holds       {} {}", count, what));
    }
    for (const std::string& each : found->places) out.line("is in       " + each);
    for (const auto& each : record.parents) out.line("stands on   " + each.text());
    if (survey->pinned.contains(record.id)) out.line("pinned      it does not expire");
    if (found->is_expired) out.line("expired     it could not be removed");
    json::array looks;
    for (const auto& each : survey->verifications) {
        if (each.backup != record.id) continue;
        out.line(fmt::format("looked at   {}, {}: {} {}", format_rfc3339(each.at), word(each.level),
                             each.sound ? "sound" : "DAMAGED", each.words));
        looks.push_back(verification_json(each));
    }
    invocation.out.set("record", record_json(record));
    invocation.out.set("pinned", survey->pinned.contains(record.id));
    invocation.out.set("verifications", std::move(looks));
    return {};
}

}  // namespace

void add_backup_look(CLI::App& backup, Command& chosen) {
    const auto look = std::make_shared<LookArguments>();
    CLI::App* verify = backup.add_subcommand(
        "verify",
        "Read backups back and look whether they are whole: of each component the one that nobody "
        "looked at for longest. Ends with 5 where one is damaged");
    add_backup_options(*verify, look->place, false);
    verify->add_option("--component", look->component, "Only of this one")->type_name("NAME");
    verify->add_option("--set", look->set, "Only this backup")->type_name("ID");
    verify->add_flag("--all", look->all, "All of them");
    verify
        ->add_flag("--due", look->due,
                   "Only what the plan wants to be restored in a test by now, as thoroughly as can "
                   "be done here; for a timer, where no server does it")
        ->excludes("--set")
        ->excludes("--all");
    verify
        ->add_option(
            "--level", look->level,
            "checksums: its bytes; structure: as its engine reads it; restore: brought back "
            "into something that is thrown away, and of a database used there")
        ->check(CLI::IsMember({"checksums", "structure", "restore"}))
        ->type_name("LEVEL");
    verify->callback([&chosen, look] {
        chosen.run = [look](Invocation& invocation) { return verify_backups(invocation, *look); };
    });

    const auto shown = std::make_shared<LookArguments>();
    CLI::App* show = backup.add_subcommand("show", "Show all that is known of a backup");
    add_backup_options(*show, shown->place, false);
    show->add_option("id", shown->set, "Which: its id, or the beginning of it")
        ->required()
        ->type_name("ID");
    show->callback([&chosen, shown] {
        chosen.run = [shown](Invocation& invocation) { return show_backup(invocation, *shown); };
    });
}

}  // namespace syncwatch::apps
