#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "adapters/system/system_clock.h"
#include "apps/command/command.h"
#include "apps/command/lint_here.h"
#include "apps/command/plan_render.h"
#include "apps/command/table.h"
#include "apps/plan/plan_file.h"
#include "apps/plan/plan_source.h"
#include "base/quantity.h"
#include "recovery/plan/lint.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using recovery::Finding;
using recovery::Plan;

struct PlanArguments {
    fs::path file;
    fs::path other;
    fs::path out;
    bool as_file = false;
    bool here = false;
};

Outcome<PlanText> text_of(const fs::path& file) {
    auto text = plan_text(file);
    if (text) return *std::move(text);
    return give_up(Exit::Usage, "plan_not_read", text.error().message,
                   "Name another with --file, or in recovery.plan.");
}

Outcome<Plan> plan_of(const fs::path& file) {
    auto plan = load_plan(file);
    if (plan) return *std::move(plan);
    const bool is_there = plan.error().code == ErrorCode::InvalidInput;
    return give_up(Exit::Usage, is_there ? "bad_plan" : "plan_not_read", plan.error().message,
                   is_there ? "Each line above says what it must be."
                            : "Name another with --file, or in recovery.plan.");
}

fs::path plan_file(const Invocation& invocation, const PlanArguments& arguments) {
    return arguments.file.empty() ? invocation.settings.recovery.plan : arguments.file;
}

json::object entries_json(const Plan& plan) {
    json::object out;
    for (const auto& [key, value] : recovery::entries(plan)) out[key] = value;
    return out;
}

std::string runs_text(const recovery::Component& component, const recovery::BackupRule& rule) {
    std::string text;
    for (const std::string& run : component.runs) {
        const auto when = rule.runs.find(run);
        if (when == rule.runs.end()) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", run, when->second.text());
    }
    return text;
}

void show_for_people(const Output& out, const std::string& name, const Plan& plan) {
    out.line(fmt::format(
        "{}, version {}{}\n", name, plan.version,
        plan.review_by ? ", to be read again by " + format_rfc3339(*plan.review_by).substr(0, 10)
                       : ""));
    std::vector<std::vector<std::string>> promises;
    for (const std::string& part : recovery::part_names()) {
        const auto promised = plan.objectives.find(part);
        if (promised == plan.objectives.end()) continue;
        const auto& [rto, rpo] = promised->second;
        promises.push_back({part, format_span(rto), rpo ? format_span(*rpo) : "–"});
    }
    out.line(table({"PART", "WORKS AGAIN WITHIN", "MAY LOSE"}, promises) + "\n");
    std::vector<std::vector<std::string>> backups;
    for (const recovery::Component& component : recovery::components()) {
        const auto found = plan.backups.find(component.name);
        if (found == plan.backups.end()) continue;
        const recovery::BackupRule& rule = found->second;
        backups.push_back({component.name, rule.keep ? format_span(*rule.keep) : "for good",
                           runs_text(component, rule)});
    }
    out.line(table({"BACKUP", "KEPT", "WHEN (UTC)"}, backups) + "\n");
    for (const auto& [place, repository] : plan.repositories) {
        out.line(fmt::format("{:<5} {}", place, repository.url));
    }
    if (plan.repositories.empty()) out.line("There is no place for backups yet.");
    for (const recovery::Channel& each : plan.channels) {
        out.line(fmt::format("tells {} by {}", each.name, recovery::word(each.kind)));
    }
    if (plan.heartbeat) out.line("beats " + recovery::shown_beat(*plan.heartbeat));
}

Outcome<> show(Invocation& invocation, const PlanArguments& arguments) {
    const auto text = text_of(plan_file(invocation, arguments));
    if (!text) return tl::unexpected<Failure>(text.error());
    if (arguments.as_file) invocation.out.line(text->toml);
    if (arguments.as_file) invocation.out.set("toml", json::string(text->toml));
    if (arguments.as_file) return {};
    const auto plan = plan_of(plan_file(invocation, arguments));
    if (!plan) return tl::unexpected<Failure>(plan.error());
    show_for_people(invocation.out, text->name, *plan);
    invocation.out.set("file", json::string(text->name));
    invocation.out.set("plan", entries_json(*plan));
    return {};
}

Outcome<> lint(Invocation& invocation, const PlanArguments& arguments) {
    const auto text = text_of(plan_file(invocation, arguments));
    if (!text) return tl::unexpected<Failure>(text.error());
    auto [plan, findings] = read_plan(text->toml);
    // What could not be read would be found missing as well.
    const bool is_read = findings.empty();
    if (is_read) findings = recovery::lint(plan, SystemClock().wall());
    if (is_read && arguments.here) {
        Invocation with{invocation.settings, {}, invocation.out, invocation.flags};
        with.settings.recovery.plan = plan_file(invocation, arguments);
        auto found = lint_here(with, plan);
        std::ranges::move(found, std::back_inserter(findings));
    }
    json::array list;
    for (const Finding& each : findings) {
        const std::string_view kind = each.kind == Finding::Kind::Fault ? "fault" : "warning";
        invocation.out.line(fmt::format("{:<8} {}: {}", kind, each.where, each.what));
        invocation.out.line(fmt::format("{:<8} {}", "", each.hint));
        list.push_back(json::object{
            {"kind", kind}, {"where", each.where}, {"what", each.what}, {"hint", each.hint}});
    }
    invocation.out.set("file", json::string(text->name));
    invocation.out.set("findings", std::move(list));
    const auto faults = std::ranges::count(findings, Finding::Kind::Fault, &Finding::kind);
    if (faults > 0) {
        return give_up(Exit::Refused, "plan_has_faults",
                       fmt::format("{} has {} fault{}", text->name, faults, faults == 1 ? "" : "s"),
                       "Each is followed above by what to do about it.");
    }
    invocation.out.line(findings.empty() ? "nothing is wrong" : "it holds, and could be stronger");
    return {};
}

Outcome<> diff(Invocation& invocation, const PlanArguments& arguments) {
    const auto now = plan_of(plan_file(invocation, arguments));
    if (!now) return tl::unexpected<Failure>(now.error());
    const auto then = plan_of(arguments.other);
    if (!then) return tl::unexpected<Failure>(then.error());

    const auto before = recovery::entries(*now);
    auto after = recovery::entries(*then);
    json::array changes;
    const auto change = [&](const std::string& key, const std::string* from,
                            const std::string* to) {
        if (from != nullptr) invocation.out.line(fmt::format("- {} = {}", key, *from));
        if (to != nullptr) invocation.out.line(fmt::format("+ {} = {}", key, *to));
        changes.push_back(json::object{{"key", key},
                                       {"from", from != nullptr ? json::value(*from) : nullptr},
                                       {"to", to != nullptr ? json::value(*to) : nullptr}});
    };
    for (const auto& [key, value] : before) {
        const auto same = after.find(key);
        const std::string* to = same == after.end() ? nullptr : &same->second;
        if (to == nullptr || *to != value) change(key, &value, to);
        if (to != nullptr) after.erase(same);
    }
    for (const auto& [key, value] : after) change(key, nullptr, &value);
    if (changes.empty()) invocation.out.line("they say the same");
    invocation.out.set("changes", std::move(changes));
    return {};
}

Outcome<> render(Invocation& invocation, const PlanArguments& arguments) {
    const fs::path file = plan_file(invocation, arguments);
    const auto text = text_of(file);
    if (!text) return tl::unexpected<Failure>(text.error());
    auto plan = plan_of(file);
    if (!plan) return tl::unexpected<Failure>(plan.error());
    return render_plan(invocation, {file, text->name, *std::move(plan), arguments.out});
}

using Run = Outcome<> (*)(Invocation&, const PlanArguments&);

CLI::App* add(CLI::App& to, const char* name, const char* help,
              const std::shared_ptr<PlanArguments>& arguments, Command& chosen, Run run) {
    CLI::App* command = to.add_subcommand(name, help);
    command
        ->add_option("--file", arguments->file, "This plan, not the one that recovery.plan names")
        ->type_name("FILE");
    command->callback([&chosen, arguments, run] {
        chosen.run = [arguments, run](Invocation& invocation) {
            return run(invocation, *arguments);
        };
    });
    return command;
}

}  // namespace

void add_plan(CLI::App& app, Command& chosen) {
    CLI::App* plan = app.add_subcommand(
        "plan",
        "What is promised when something is lost, and what is backed up for it, as a file: "
        "docs/recovery/plan.md.");
    plan->require_subcommand(1);
    const auto arguments = std::make_shared<PlanArguments>();
    CLI::App* shown = add(*plan, "show", "Show the plan that holds here", arguments, chosen, show);
    shown->add_flag("--as-file", arguments->as_file,
                    "As the file that it is: a plan to begin with");
    CLI::App* linted =
        add(*plan, "lint",
            "Say what the plan promises and cannot hold, and what it leaves out. Ends with 3 where "
            "it has faults",
            arguments, chosen, lint);
    linted->add_flag("--here", arguments->here,
                     "Also try what it names, as the user that does it: whether each place takes, "
                     "gives back and keeps what it should, files can be read, and the last restore "
                     "tests kept what is promised");
    CLI::App* differs =
        add(*plan, "diff", "Say what another plan changes", arguments, chosen, diff);
    differs->add_option("other", arguments->other, "The other plan's file")
        ->required()
        ->type_name("FILE");
    add_plan_notify(*plan, chosen);
    add_plan_note(*plan, chosen);
    CLI::App* rendered = add(
        *plan, "render",
        "Write the plan as a document for people, in Markdown: what is promised and what restore "
        "tests measured, and what to do about each loss, by the commands of this installation. "
        "Ends with 7 where the repositories did not answer, so that what they know is missing",
        arguments, chosen, render);
    rendered->add_option("--out", arguments->out, "Into this file, not to stdout")
        ->type_name("FILE");
}

}  // namespace syncwatch::apps
