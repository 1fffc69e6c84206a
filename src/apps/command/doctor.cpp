#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/command/command.h"
#include "apps/doctor/looks.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

Findings look_at_everything(const config::Loaded& loaded) {
    const config::Settings& settings = loaded.settings;
    SystemClock clock;
    SystemRandom random;
    Findings findings;
    look_at_settings(loaded, findings);
    look_at_data_folder(settings, findings);
    look_at_database(settings, clock, findings);
    look_at_log(settings, findings);
    look_at_objects(settings, clock, random, findings);
    look_at_bus(settings, findings);
    look_at_port(settings, findings);
    look_at_certificate(settings, clock, findings);
    look_at_programs(settings, findings);
    look_at_web_app(settings, findings);
    look_at_ice_servers(settings, findings);
    look_at_clock(findings);
    look_at_limits(settings, findings);
    return findings;
}

void print(const Finding& each, const Output& out) {
    out.line(fmt::format("{:8} {:14} {}", text(each.level), each.subject, each.what));
    if (!each.mend.empty()) out.line(fmt::format("{:24}{}", "", each.mend));
}

Outcome<> doctor(Invocation& invocation) {
    const Findings findings = look_at_everything({invocation.settings, invocation.problems});
    json::array list;
    for (const Finding& each : findings.all()) {
        print(each, invocation.out);
        list.push_back(json::object{{"level", text(each.level)},
                                    {"subject", each.subject},
                                    {"what", each.what},
                                    {"mend", each.mend}});
    }
    invocation.out.set("findings", std::move(list));
    const auto problems = findings.count(Finding::Level::Problem);
    if (problems == 0) {
        const auto advice = findings.count(Finding::Level::Advice);
        invocation.out.line(advice == 0 ? "all is well" : "nothing is wrong");
        return {};
    }
    const auto exit = findings.any_damage()          ? Exit::VerificationFailed
                      : !invocation.problems.empty() ? Exit::Usage
                                                     : Exit::Refused;
    return give_up(
        exit, findings.any_damage() ? "corrupt" : "problems_found",
        problems == 1 ? "one problem was found" : fmt::format("{} problems were found", problems),
        "Each is followed by its mend above.");
}

}  // namespace

void add_doctor(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand(
        "doctor",
        "Look at settings, data, port, ffmpeg, certificate, clock and limits; say what is wrong "
        "and how to mend it. Changes nothing, and may run beside a server.");
    command->callback([&chosen] {
        chosen.run = doctor;
        chosen.despite_problems = true;
    });
}

}  // namespace syncwatch::apps
