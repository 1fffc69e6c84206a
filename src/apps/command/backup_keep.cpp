#include <memory>
#include <set>
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

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::Trouble;

struct KeepArguments {
    BackupArguments place;
    std::string component;
    std::string set;
    std::string why;
    bool dry_run = false;
};

Outcome<> left_over(const Output& out, const std::vector<Trouble>& left, std::string what) {
    if (left.empty()) return {};
    for (const Trouble& each : left) out.line("left      " + trouble_line(each));
    return give_up(Exit::Partial, "not_everywhere", std::move(what),
                   "Where keys may not delete, the store's own rule has to; a place that was away "
                   "gets it with the next run.");
}

Outcome<> expire_backups(Invocation& invocation, const KeepArguments& arguments) {
    auto desk = CommandDesk::open(invocation, arguments.place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const Output& out = invocation.out;
    std::vector<Trouble> left;
    json::array components;
    for (const auto* each : (*desk)->backups().components()) {
        const std::string& name = each->name();
        if (!arguments.component.empty() && arguments.component != name) continue;
        const auto expired = (*desk)->run((*desk)->backups().expire(
            name, recovery::retention_of((*desk)->plan(), name), !arguments.dry_run));
        if (!expired) return tl::unexpected<Failure>(expired.error());
        json::array stays;
        json::array goes;
        for (const auto& one : expired->expiry.stays) {
            out.line(fmt::format("{:9} stays {}: {}", name, one.backup.text(),
                                 fmt::join(one.why, "; ")));
            json::array why;
            for (const std::string& reason : one.why) why.emplace_back(reason);
            stays.push_back(json::object{{"id", one.backup.text()}, {"why", std::move(why)}});
        }
        for (const auto& one : expired->expiry.goes) {
            out.line(fmt::format("{:9} {} {}", name, arguments.dry_run ? "would go" : "is gone",
                                 one.text()));
            goes.emplace_back(one.text());
        }
        left.insert(left.end(), expired->left.begin(), expired->left.end());
        components.push_back(json::object{
            {"component", name}, {"stays", std::move(stays)}, {"goes", std::move(goes)}});
    }
    invocation.out.set("components", std::move(components));
    invocation.out.set("left", troubles_json(left));
    return left_over(out, left, "not everything could be removed");
}

Outcome<> set_pin(Invocation& invocation, const KeepArguments& arguments, bool pinned) {
    auto desk = CommandDesk::open(invocation, arguments.place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    auto& catalogue = (*desk)->desk().catalogue();
    const auto survey = (*desk)->run(catalogue.survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    const auto found = backup_named(*survey, arguments.set);
    if (!found) return tl::unexpected<Failure>(found.error());
    const recovery::BackupId id = found->record().id;
    const auto left = pinned ? (*desk)->run(catalogue.pin(id, arguments.why))
                             : (*desk)->run(catalogue.unpin(id, arguments.why));
    if (!left) return tl::unexpected<Failure>(left.error());
    invocation.out.line(
        fmt::format("{} of {} {}", id.text(), found->record().component,
                    pinned ? "stays, whatever its age" : "expires as the plan says"));
    invocation.out.set("id", json::string(id.text()));
    invocation.out.set("pinned", pinned);
    return left_over(invocation.out, *left, "it is not said everywhere yet");
}

void add_pin(CLI::App& backup, Command& chosen, const char* name, const char* help, bool pinned) {
    const auto arguments = std::make_shared<KeepArguments>();
    CLI::App* command = backup.add_subcommand(name, help);
    add_backup_options(*command, arguments->place, false);
    command->add_option("id", arguments->set, "Which: its id, or the beginning of it")
        ->required()
        ->type_name("ID");
    command->add_option("--why", arguments->why, "What for, for whoever wonders next year")
        ->type_name("TEXT");
    command->callback([&chosen, arguments, pinned] {
        chosen.run = [arguments, pinned](Invocation& invocation) {
            return set_pin(invocation, *arguments, pinned);
        };
    });
}

}  // namespace

void add_backup_keep(CLI::App& backup, Command& chosen) {
    const auto arguments = std::make_shared<KeepArguments>();
    CLI::App* expire = backup.add_subcommand(
        "expire",
        "Remove what the plan keeps no longer, and say of everything else why it stays. Ends with "
        "7 where something could not be removed");
    add_backup_options(*expire, arguments->place, false);
    expire->add_option("--component", arguments->component, "Only of this one")->type_name("NAME");
    expire->add_flag("--dry-run", arguments->dry_run, "Say it, and remove nothing");
    expire->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return expire_backups(invocation, *arguments);
        };
    });
    add_pin(backup, chosen, "pin", "Keep a backup, whatever its age", true);
    add_pin(backup, chosen, "unpin", "Let a backup expire again as the plan says", false);
}

}  // namespace syncwatch::apps
