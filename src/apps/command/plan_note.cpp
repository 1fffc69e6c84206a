#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/backup_desk.h"
#include "apps/command/backup_words.h"
#include "apps/papers/paper.h"
#include "apps/papers/times.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

struct NoteArguments {
    BackupArguments place;
    std::string procedure;
    std::string since;
    std::string remark;
};

/// A name that the document does not know would never be seen again.
Outcome<Procedure> procedure_named(const Invocation& invocation, const recovery::Plan& plan,
                                   const std::string& name) {
    PaperFacts facts;
    facts.settings = invocation.settings;
    facts.plan = plan;
    std::string names;
    for (Procedure& each : make_paper(facts).procedures) {
        if (each.name == name) return std::move(each);
        names += (names.empty() ? "" : ", ") + each.name;
    }
    return give_up(Exit::Usage, "no_procedure", "the plan has no procedure " + name,
                   "It has " + names + ".");
}

Outcome<std::chrono::milliseconds> time_since(const std::string& since, WallTime now) {
    const auto begun = parse_rfc3339(since);
    if (!begun) {
        return give_up(Exit::Usage, "usage",
                       "--since " + since + " is no moment with a date, a time and a zone",
                       "When it was lost, as in --since 2026-11-29T16:00:00Z.");
    }
    constexpr auto kLongest = std::chrono::days(90);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - *begun);
    if (took.count() > 0 && took < kLongest) return took;
    return give_up(Exit::Usage, "usage",
                   "--since " + since + (took.count() > 0 ? " is too long ago" : " is not yet"),
                   "When it was lost, as in --since 2026-11-29T16:00:00Z.");
}

Outcome<> note(Invocation& invocation, const NoteArguments& arguments) {
    auto desk = CommandDesk::open(invocation, arguments.place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const auto procedure = procedure_named(invocation, (*desk)->plan(), arguments.procedure);
    if (!procedure) return tl::unexpected<Failure>(procedure.error());
    const auto took = time_since(arguments.since, (*desk)->clock().wall());
    if (!took) return tl::unexpected<Failure>(took.error());
    recovery::CarriedOut done;
    done.procedure = arguments.procedure;
    done.took = *took;
    done.by = invocation.settings.node.name;
    done.remark = arguments.remark;
    auto left = (*desk)->run((*desk)->desk().catalogue().note_carried_out(std::move(done)));
    if (!left) return tl::unexpected<Failure>(left.error());
    invocation.out.line(
        fmt::format("noted: {}, in {}{}", procedure->title, time_text(*took),
                    procedure->promised.empty() ? "" : "; promised: " + procedure->promised));
    invocation.out.set("procedure", json::string(arguments.procedure));
    invocation.out.set("seconds", std::chrono::duration<double>(*took).count());
    for (const recovery::Trouble& each : *left) {
        invocation.out.line("not there yet  " + trouble_line(each));
    }
    invocation.out.set("missing", troubles_json(*left));
    return {};
}

}  // namespace

void add_plan_note(CLI::App& plan, Command& chosen) {
    const auto arguments = std::make_shared<NoteArguments>();
    CLI::App* command = plan.add_subcommand(
        "note",
        "Write down that a procedure of the plan was carried out, a drill as well as the real "
        "thing, and how long it took from the loss until now: plan render shows it from then on");
    add_backup_options(*command, arguments->place, false);
    command
        ->add_option("procedure", arguments->procedure,
                     "Which: database-lost, redis-data-lost, objects-lost, as plan render --json "
                     "names them")
        ->required()
        ->type_name("PROCEDURE");
    command->add_option("--since", arguments->since, "When it was lost, with its zone")
        ->required()
        ->type_name("MOMENT");
    command
        ->add_option("--remark", arguments->remark, "What there is to know of it: a drill, 243 MB")
        ->type_name("TEXT");
    command->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) { return note(invocation, *arguments); };
    });
}

}  // namespace syncwatch::apps
