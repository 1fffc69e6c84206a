#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/backup_commands.h"
#include "apps/command/backup_words.h"
#include "apps/command/set_sources.h"
#include "apps/command/set_words.h"
#include "apps/command/table.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

/// The newest set that one place has, or all together.
std::optional<recovery::RecoverySet> show_set(Invocation& invocation, CommandDesk& desk,
                                              const recovery::Survey& survey,
                                              const std::string& place,
                                              std::optional<WallTime> wish, json::array& sets) {
    const std::string from = place.empty() ? "all places" : place + " alone";
    const SetSources found = set_sources(invocation.settings, desk, survey, place);
    if (!found.trouble.empty()) invocation.out.line("not certain    " + found.trouble);
    auto set = recovery::recovery_set(found.sources, found.database, wish);
    if (!set) {
        invocation.out.line(fmt::format("from {}: {}\n", from, set.error().message));
        sets.push_back(json::object{{"from", place.empty() ? "all" : place},
                                    {"moment", nullptr},
                                    {"trouble", set.error().message}});
        return std::nullopt;
    }
    const WallTime now = desk.clock().wall();
    invocation.out.line(fmt::format("from {}: as of {}, {} ago", from, moment_text(set->moment),
                                    format_span(seconds_between(set->moment, now))));
    invocation.out.line(
        table({"COMPONENT", "AS OF", "LOST BEFORE THAT MOMENT", ""}, set_rows(*set)) + "\n");
    json::object one = set_json(*set);
    one["from"] = place.empty() ? "all" : place;
    sets.push_back(std::move(one));
    return *std::move(set);
}

Outcome<> show_sets(Invocation& invocation, const BackupArguments& arguments) {
    const auto wish = moment_of(arguments);
    if (!wish) return tl::unexpected<Failure>(wish.error());
    auto desk = CommandDesk::open(invocation, arguments, CommandDesk::For::Restore);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const auto survey = (*desk)->run((*desk)->desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    json::array sets;
    const auto all = show_set(invocation, **desk, *survey, "", *wish, sets);
    const auto places = place_names((*desk)->plan());
    if (places.size() > 1) {
        for (const std::string& each : places) {
            (void)show_set(invocation, **desk, *survey, each, *wish, sets);
        }
    }
    auto away = survey->away;
    away.insert(away.end(), (*desk)->gone().begin(), (*desk)->gone().end());
    for (const auto& each : away) invocation.out.line("away     " + trouble_line(each));
    invocation.out.set("sets", std::move(sets));
    invocation.out.set("away", troubles_json(away));
    if (all) return {};
    return give_up(Exit::Refused, "no_backups",
                   "there is no moment that all can be brought back to",
                   "syncwatch backup list shows what there is, and of when.");
}

}  // namespace

void add_backup_sets(CLI::App& backup, Command& chosen) {
    const auto arguments = std::make_shared<BackupArguments>();
    CLI::App* command = backup.add_subcommand(
        "sets",
        "The newest moment that database, Redis and settings can be brought back to together, from "
        "all places and from each alone, and what each would lose. syncwatch restore everything "
        "takes it");
    add_backup_options(*command, *arguments, true);
    command->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return show_sets(invocation, *arguments);
        };
        // Whoever has lost everything has no settings that can be used.
        chosen.despite_problems = true;
    });
}

}  // namespace syncwatch::apps
