#include "apps/region/lab.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "apps/command/command.h"
#include "apps/command/table.h"
#include "apps/lab/wait.h"
#include "apps/region/parts.h"
#include "apps/region/raise.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr const char* kFolder = "lab";
/// For the load balancer to see that a node is back.
constexpr std::chrono::seconds kTakenWithin{10};

struct LabArguments {
    std::string folder = kFolder;
    std::string region = "a";
    lab::LabWishes wishes;
    std::string objects;
    std::string part;
    bool remove = false;

    fs::path region_folder() const { return fs::absolute(folder).lexically_normal() / region; }
    /// What to type behind a command that is advised.
    std::string flags() const {
        return (folder == kFolder ? "" : " --folder " + folder) +
               (region == "a" ? "" : " --region " + region);
    }
};

using Opened = Outcome<std::unique_ptr<lab::Lab>>;

template <class T>
Outcome<T> outcome_of(Result<T> result) {
    if (result) return *std::move(result);
    return tl::unexpected<Failure>(failure_of(result.error()));
}

Outcome<> outcome_of(const Result<>& result) {
    if (result) return {};
    return tl::unexpected<Failure>(failure_of(result.error()));
}

/// Servers find their programs as root's shells do, and nodes see no settings but the lab's.
void prepare_environment() {
    const char* path = std::getenv("PATH");
    ::setenv("PATH",
             fmt::format("{}:/usr/sbin:/sbin", path == nullptr ? "/usr/bin:/bin" : path).c_str(),
             1);
    std::vector<std::string> ours;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view entry(*each);
        if (entry.starts_with("SYNCWATCH_")) ours.emplace_back(entry.substr(0, entry.find('=')));
    }
    for (const auto& name : ours) ::unsetenv(name.c_str());
}

json::object part_json(const lab::Lab& lab, const lab::Part& part, const lab::Survey& survey) {
    json::object processes;
    const lab::Crew crew = lab.crew(part);  // Named: a temporary would end before the loop does.
    for (const auto& each : crew.records()) processes[each.role] = each.pid;
    return json::object{
        {"name", part.name},       {"what", part.what},       {"state", text(survey.standing)},
        {"address", part.address}, {"remark", survey.remark}, {"processes", std::move(processes)}};
}

/// Prints how all parts are doing; gives the names of those that are not healthy.
std::vector<std::string> show(Invocation& invocation, const lab::Lab& lab) {
    const auto surveys = lab.look_at_all();
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> ill;
    json::array parts;
    for (std::size_t i = 0; i < surveys.size(); ++i) {
        const lab::Part& part = lab.parts()[i];
        const lab::Survey& survey = surveys[i];
        if (survey.standing != lab::Standing::Healthy) ill.push_back(part.name);
        const std::string remark = survey.remark.empty() ? "" : " (" + survey.remark + ")";
        rows.push_back(
            {part.name, std::string(text(survey.standing)), part.address, part.what + remark});
        parts.push_back(part_json(lab, part, survey));
    }
    const std::string url = fmt::format("http://127.0.0.1:{}", lab.place().ports.site());
    invocation.out.line(table({"PART", "STATE", "WHERE", "WHAT"}, rows));
    invocation.out.set("region", json::string(1, lab.place().options.region));
    invocation.out.set("folder", json::string(lab.place().folder.string()));
    invocation.out.set("url", json::string(url));
    invocation.out.set("parts", std::move(parts));
    if (ill.empty()) invocation.out.line("\nAll healthy. Open " + url);
    return ill;
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& each : names) out += (out.empty() ? "" : ", ") + each;
    return out;
}

lab::Board::Kind board_kind() {
    return ::isatty(STDERR_FILENO) != 0 ? lab::Board::Kind::Terminal : lab::Board::Kind::Lines;
}

/// Shows all, and gives up if there were troubles.
Outcome<> show_after(Invocation& invocation, const lab::Lab& lab,
                     const std::vector<lab::Trouble>& troubles) {
    show(invocation, lab);
    if (troubles.empty()) return {};
    std::string what;
    for (const auto& each : troubles) what += fmt::format("\n  {}: {}", each.part, each.why);
    return give_up(Exit::EngineFailed, "not_healthy", "not everything got healthy" + what,
                   fmt::format("Logs are in {}/PART/*.log.", lab.place().folder.string()));
}

/// Raises these parts, then shows all.
Outcome<> raise_and_show(Invocation& invocation, lab::Lab& lab,
                         const std::vector<const lab::Part*>& parts) {
    if (auto there = outcome_of(lab::check_programs()); !there) return there;
    if (auto free = outcome_of(lab::check_ports(lab, parts)); !free) return free;
    std::vector<lab::Trouble> troubles;
    {
        lab::Board board(board_kind(), parts.size());
        troubles = lab::raise(lab, parts, board);
    }
    return show_after(invocation, lab, troubles);
}

std::vector<const lab::Part*> all_parts(const lab::Lab& lab) {
    std::vector<const lab::Part*> parts;
    for (const auto& each : lab.parts()) parts.push_back(&each);
    return parts;
}

Opened open_lab(const LabArguments& arguments, lab::Lab::Use use) {
    return outcome_of(lab::Lab::open(arguments.region_folder(), use));
}

Outcome<> up(Invocation& invocation, const LabArguments& arguments) {
    prepare_environment();
    lab::LabWishes wishes = arguments.wishes;
    wishes.region = arguments.region.at(0);
    if (!arguments.objects.empty()) {
        wishes.objects =
            arguments.objects == "disk" ? lab::ObjectsIn::Disk : lab::ObjectsIn::Memory;
    }
    auto lab = outcome_of(lab::Lab::make(arguments.region_folder(), wishes));
    if (!lab) return tl::unexpected<Failure>(lab.error());
    return raise_and_show(invocation, **lab, all_parts(**lab));
}

Outcome<> status(Invocation& invocation, const LabArguments& arguments) {
    auto lab = open_lab(arguments, lab::Lab::Use::Look);
    if (!lab) return tl::unexpected<Failure>(lab.error());
    const auto ill = show(invocation, **lab);
    if (ill.empty()) return {};
    return give_up(Exit::Unreachable, "not_healthy",
                   fmt::format("{} of {} parts are not healthy: {}", ill.size(),
                               (*lab)->parts().size(), joined(ill)),
                   fmt::format("syncwatch lab heal{} brings them back.", arguments.flags()));
}

Outcome<const lab::Part*> part_of(const lab::Lab& lab, const std::string& name) {
    if (const lab::Part* found = lab.find(name)) return found;
    std::vector<std::string> names;
    for (const auto& each : lab.parts()) names.push_back(each.name);
    return give_up(Exit::Usage, "no_such_part", "the lab has no part " + name,
                   "There are " + joined(names) + ".");
}

/// One of the ways to break a part that runs.
Outcome<> harm(Invocation& invocation, const LabArguments& arguments, std::string_view done,
               void (lab::Crew::*how)() const) {
    auto lab = open_lab(arguments, lab::Lab::Use::Change);
    if (!lab) return tl::unexpected<Failure>(lab.error());
    const auto part = part_of(**lab, arguments.part);
    if (!part) return tl::unexpected<Failure>(part.error());
    const std::string& name = (*part)->name;
    if (how == &lab::Crew::cut && (*part)->pipes.empty()) {
        return give_up(Exit::Refused, "no_door",
                       name + " cannot be cut off: " + (*part)->why_no_door,
                       "It can be killed or hung.");
    }
    const lab::Crew crew = (*lab)->crew(**part);
    const std::string heal = fmt::format("syncwatch lab heal {}{}", name, arguments.flags());
    if (!crew.serves()) {
        return give_up(Exit::Refused, "not_running", name + " does not run", heal + " starts it.");
    }
    (crew.*how)();
    invocation.out.line(fmt::format("{} {}. {} undoes it.", name, done, heal));
    invocation.out.set("part", json::string(name));
    return {};
}

Outcome<> heal(Invocation& invocation, const LabArguments& arguments) {
    prepare_environment();
    auto lab = open_lab(arguments, lab::Lab::Use::Change);
    if (!lab) return tl::unexpected<Failure>(lab.error());
    auto parts = all_parts(**lab);
    if (!arguments.part.empty()) {
        const auto part = part_of(**lab, arguments.part);
        if (!part) return tl::unexpected<Failure>(part.error());
        parts = {*part};
    }
    return raise_and_show(invocation, **lab, parts);
}

/// Those that a rolling restart goes through, one after the other: all of ours, or the one named.
Outcome<std::vector<const lab::Part*>> to_restart(const lab::Lab& lab, const std::string& name) {
    std::vector<const lab::Part*> parts;
    if (!name.empty()) {
        const auto part = part_of(lab, name);
        if (!part) return tl::unexpected<Failure>(part.error());
        parts.push_back(*part);
        return parts;
    }
    for (const auto& each : lab.parts()) {
        if (each.name.starts_with("node-") || each.name.starts_with("worker-")) {
            parts.push_back(&each);
        }
    }
    return parts;
}

Outcome<> restart(Invocation& invocation, const LabArguments& arguments) {
    prepare_environment();
    auto lab = open_lab(arguments, lab::Lab::Use::Change);
    if (!lab) return tl::unexpected<Failure>(lab.error());
    const auto parts = to_restart(**lab, arguments.part);
    if (!parts) return tl::unexpected<Failure>(parts.error());
    std::vector<lab::Trouble> troubles;
    {
        lab::Board board(board_kind(), parts->size());
        for (const lab::Part* part : *parts) {
            if (auto ended = outcome_of((*lab)->end(*part)); !ended) return ended;
            troubles = lab::raise(**lab, {part}, board);
            // With one away the others still serve; with two they may not.
            if (!troubles.empty()) break;
            const auto taken = [&] { return lab::site_uses((*lab)->place(), part->name); };
            const bool is_node = part->name.starts_with("node-");
            if (is_node) (void)lab::wait_until(taken, kTakenWithin, std::chrono::milliseconds(100));
        }
    }
    return show_after(invocation, **lab, troubles);
}

Outcome<> down(Invocation& invocation, const LabArguments& arguments) {
    auto lab = open_lab(arguments, lab::Lab::Use::Change);
    if (!lab) return tl::unexpected<Failure>(lab.error());
    std::size_t ended = 0;
    const auto done = (*lab)->end_all([&](const lab::Part&) { ++ended; });
    if (auto failed = outcome_of(done); !failed) return failed;
    const fs::path folder = (*lab)->place().folder;
    invocation.out.set("ended", ended);
    if (!arguments.remove) {
        invocation.out.line(
            fmt::format("{} parts ended; nothing runs. Data stays in {}; syncwatch lab up{} goes "
                        "on from there.",
                        ended, folder.string(), arguments.flags()));
        return {};
    }
    std::error_code failed;
    fs::remove_all(folder, failed);
    fs::remove(folder.parent_path(), failed);  // If no other region is in it.
    invocation.out.line(
        fmt::format("{} parts ended; nothing runs, and {} is gone.", ended, folder.string()));
    return {};
}

using LabAction = Outcome<> (*)(Invocation&, const LabArguments&);

CLI::App* add_action(CLI::App& parent, const char* name, const char* help, LabAction action,
                     const std::shared_ptr<LabArguments>& arguments, Command& chosen) {
    CLI::App* command = parent.add_subcommand(name, help);
    command->add_option("--folder", arguments->folder, "Where labs are kept [lab]")
        ->type_name("FOLDER");
    command
        ->add_option("--region", arguments->region,
                     "A letter; each region has ports of its own [a]")
        ->check([](const std::string& text) {
            return text.size() == 1 && text[0] >= 'a' && text[0] <= 'z'
                       ? ""
                       : "a region is a letter from a to z";
        })
        ->type_name("LETTER");
    command->callback([&chosen, arguments, action] {
        chosen.run = [arguments, action](Invocation& invocation) {
            return action(invocation, *arguments);
        };
        chosen.despite_problems = true;  // A lab's nodes have settings of their own.
    });
    return command;
}

void add_up(CLI::App& parent, const std::shared_ptr<LabArguments>& arguments, Command& chosen) {
    CLI::App* command = add_action(parent, "up",
                                   "Start what does not run, wake what hangs, and wait until all "
                                   "is healthy. What is not named "
                                   "stays as it was.",
                                   up, arguments, chosen);
    command
        ->add_option("--base-port", arguments->wishes.base_port,
                     "First port of region a; each region takes 500 [20000]")
        ->type_name("PORT");
    command->add_option("--nodes", arguments->wishes.nodes, "App nodes, 1 to 9 [2]")
        ->check(CLI::Range(1U, lab::PortPlan::kMostNodes))
        ->type_name("COUNT");
    command
        ->add_option("--workers", arguments->wishes.workers,
                     "Processes that only prepare films, 0 to 9 [1]; with none the nodes do")
        ->check(CLI::Range(0U, lab::PortPlan::kMostNodes))
        ->type_name("COUNT");
    command
        ->add_option(
            "--objects", arguments->objects,
            "Where S3 stores keep films: memory (starts sooner, empty after each start) or "
            "disk [memory]")
        ->check(CLI::IsMember({"memory", "disk"}))
        ->type_name("PLACE");
}

void add_harms(CLI::App& parent, const std::shared_ptr<LabArguments>& arguments, Command& chosen) {
    const auto of_part = [&](const char* name, const char* help, LabAction action) {
        add_action(parent, name, help, action, arguments, chosen)
            ->add_option("part", arguments->part, "As status names it")
            ->required();
    };
    of_part("kill", "kill -9 a part", [](Invocation& invocation, const LabArguments& given) {
        return harm(invocation, given, "was killed", &lab::Crew::kill);
    });
    of_part("hang", "Stop a part in its tracks (SIGSTOP): its ports are open, and nothing answers",
            [](Invocation& invocation, const LabArguments& given) {
                return harm(invocation, given, "hangs", &lab::Crew::hang);
            });
    of_part("cut", "Cut a part off: nobody reaches it, in silence, while it goes on by itself",
            [](Invocation& invocation, const LabArguments& given) {
                return harm(invocation, given, "is cut off", &lab::Crew::cut);
            });
}

}  // namespace

void add_lab(CLI::App& app, Command& chosen) {
    CLI::App* lab = app.add_subcommand(
        "lab",
        "A whole installation on this machine, of real servers that can be broken and healed: for "
        "development and drills.");
    lab->require_subcommand(1);
    const auto arguments = std::make_shared<LabArguments>();
    add_up(*lab, arguments, chosen);
    add_action(*lab, "status", "How each part is doing, and where it listens", status, arguments,
               chosen);
    add_harms(*lab, arguments, chosen);
    add_action(*lab, "heal", "Undo kill, hang and cut, of one part or of all", heal, arguments,
               chosen)
        ->add_option("part", arguments->part, "As status names it; all if none is named");
    add_action(*lab, "restart",
               "Restart nodes and workers in good order, one after the other, as an upgrade does",
               restart, arguments, chosen)
        ->add_option("part", arguments->part, "As status names it; all of them if none is named");
    add_action(*lab, "down", "End everything in good order; data stays", down, arguments, chosen)
        ->add_flag("--delete", arguments->remove, "Remove the region's folder with all data");
}

}  // namespace syncwatch::apps
