#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "adapters/system/system_clock.h"
#include "apps/command/command.h"
#include "apps/command/table.h"
#include "apps/notify/crier.h"
#include "apps/plan/plan_source.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::Plan;

struct NotifyArguments {
    std::filesystem::path file;
    std::string only;
    bool test = false;
};

/// The channels that are meant, and the heartbeat as one of them.
struct Named {
    std::string name;
    std::string kind;
    std::string about;
    std::string address;
};

std::vector<Named> named_in(const Plan& plan, const std::string& only) {
    std::vector<Named> all;
    for (const recovery::Channel& each : plan.channels) {
        std::string about;
        for (const Severity one : each.about) {
            about += fmt::format("{}{}", about.empty() ? "" : ", ", word(one));
        }
        const std::string address = each.url.empty() ? "as " + each.credentials_file + " says"
                                                     : recovery::shown_address(each.url);
        all.push_back({each.name, std::string(recovery::word(each.kind)), about, address});
    }
    if (plan.heartbeat) {
        all.push_back({"heartbeat", "heartbeat", "", recovery::shown_beat(*plan.heartbeat)});
    }
    std::erase_if(all, [&](const Named& each) { return !only.empty() && each.name != only; });
    return all;
}

Notice test_notice(const config::Settings& settings, Clock& clock) {
    Notice notice;
    notice.key = "test";
    notice.turn = Notice::Turn::Once;
    // What wakes somebody is tried as such.
    notice.severity = Severity::Warning;
    notice.installation = settings.node.name;
    notice.site =
        settings.server.public_url.empty() ? settings.node.name : settings.server.public_url;
    notice.what = "this is a test: what SyncWatch has to say about backups arrives here";
    notice.next = "Nothing.";
    notice.doc = "docs/recovery/notifications.md";
    notice.at = clock.wall();
    notice.since = notice.at;
    return notice;
}

Outcome<> came_of(std::size_t failed, std::size_t all) {
    if (failed == 0) return {};
    const bool is_all = failed == all;
    return give_up(
        is_all ? Exit::Unreachable : Exit::Partial, is_all ? "nobody_heard" : "not_all_heard",
        fmt::format("{} of {} did not hear it", failed, all),
        "Each says above what is in the way: an address, a file, a certificate, a login.");
}

Outcome<> test_channels(Invocation& invocation, const Plan& plan,
                        const NotifyArguments& arguments) {
    SystemClock clock;
    Crier crier(plan, clock);
    crier.try_all(test_notice(invocation.settings, clock), arguments.only);
    std::vector<std::vector<std::string>> rows;
    json::array list;
    std::size_t failed = 0;
    const auto all = crier.wait();
    for (const Crier::Heard& each : all) {
        const std::string words = each.outcome ? "heard" : each.outcome.error().message;
        rows.push_back({each.channel, std::string(each.kind), words});
        list.push_back(json::object{{"name", each.channel},
                                    {"kind", each.kind},
                                    {"heard", each.outcome.has_value()},
                                    {"trouble", each.outcome ? "" : words}});
        if (!each.outcome) ++failed;
    }
    invocation.out.line(table({"CHANNEL", "KIND", ""}, rows));
    invocation.out.set("channels", std::move(list));
    return came_of(failed, all.size());
}

Outcome<> show_or_try(Invocation& invocation, const NotifyArguments& arguments) {
    const auto plan =
        load_plan(arguments.file.empty() ? invocation.settings.recovery.plan : arguments.file);
    if (!plan) {
        return give_up(Exit::Usage, "plan_not_read", plan.error().message,
                       "syncwatch plan lint says what it must be.");
    }
    const auto named = named_in(*plan, arguments.only);
    if (named.empty()) {
        return give_up(Exit::Refused, "no_channel",
                       arguments.only.empty() ? "the plan names nobody"
                                              : "the plan names nobody called " + arguments.only,
                       "Name whom to tell under [[notify]]: docs/recovery/notifications.md.");
    }
    if (arguments.test) return test_channels(invocation, *plan, arguments);
    std::vector<std::vector<std::string>> rows;
    json::array list;
    for (const Named& each : named) {
        rows.push_back({each.name, each.kind, each.about, each.address});
        list.push_back(json::object{{"name", each.name},
                                    {"kind", each.kind},
                                    {"about", each.about},
                                    {"address", each.address}});
    }
    invocation.out.line(table({"CHANNEL", "KIND", "ABOUT", "ADDRESS"}, rows));
    invocation.out.set("channels", std::move(list));
    return {};
}

}  // namespace

void add_plan_notify(CLI::App& plan, Command& chosen) {
    const auto arguments = std::make_shared<NotifyArguments>();
    CLI::App* command = plan.add_subcommand(
        "notify",
        "Show whom the plan tells what happens to backups. With --test each is told something now; "
        "ends with 4 where nobody heard it, 7 where not all did");
    command
        ->add_option("--file", arguments->file, "This plan, not the one that recovery.plan names")
        ->type_name("FILE");
    command->add_flag("--test", arguments->test,
                      "Send each a test, and let the heart beat once, which says that all is well");
    command->add_option("--only", arguments->only, "This one alone")->type_name("NAME");
    command->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return show_or_try(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
