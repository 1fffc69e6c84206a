#include "apps/command/restore_config.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/backup_place.h"
#include "apps/command/backup_words.h"
#include "apps/command/bundle_fetch.h"
#include "apps/command/restore_hold.h"
#include "apps/command/table.h"
#include "apps/escrow/laying.h"
#include "recovery/bundle/bundle.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using recovery::Bundle;

struct ConfigArguments {
    BackupArguments backup;
    std::vector<fs::path> files;  ///< Bundles that are at hand; none: from the repository.
    std::string set;              ///< One backup by its id.
    fs::path into;
    bool in_place = false;
    bool dry_run = false;
    std::string confirmed;
};

/// The backups that are meant, from the repositories.
Outcome<BundlePair> bundles_in(Invocation& invocation, const ConfigArguments& arguments) {
    PairWish wish;
    wish.identity = arguments.backup.identity;
    const auto moment = moment_of(arguments.backup);
    if (!moment) return tl::unexpected<Failure>(moment.error());
    wish.moment = *moment;
    auto desk = CommandDesk::open(invocation, arguments.backup, CommandDesk::For::Restore);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const RestoreHold hold(invocation, (*desk)->cluster(), (*desk)->desk().places(),
                           {"config", "secrets"});
    const auto survey = (*desk)->run((*desk)->desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    for (const auto& each : (*desk)->gone()) {
        invocation.out.line("away           " + trouble_line(each));
    }
    if (arguments.set.empty()) return fetch_pair(**desk, *survey, wish);
    const auto one = backup_named(*survey, arguments.set);
    if (!one) return tl::unexpected<Failure>(one.error());
    const std::string& component = one->record().component;
    if (component == "config" || component == "secrets") {
        return fetch_bundle(**desk, one->record(), arguments.backup.identity);
    }
    return give_up(Exit::Refused, "another_component",
                   arguments.set + " is a backup of " + component,
                   "syncwatch backup list shows which are of config, and which of secrets.");
}

Outcome<std::vector<Bundle>> bundles_of(Invocation& invocation, const ConfigArguments& arguments) {
    std::vector<Bundle> bundles;
    for (const fs::path& each : arguments.files) {
        auto bundle = read_bundle(each, arguments.backup.identity);
        if (!bundle) return tl::unexpected<Failure>(bundle.error());
        bundles.push_back(*std::move(bundle));
    }
    if (!bundles.empty()) return bundles;
    auto pair = bundles_in(invocation, arguments);
    if (!pair) return tl::unexpected<Failure>(pair.error());
    for (const auto& each : pair->records) {
        invocation.out.line(fmt::format("takes          {} {}, of {}", each.component,
                                        each.id.text(), moment_text(each.window.to)));
    }
    return std::move(pair->bundles);
}

const char* word_of(const Laying::Step& step) {
    switch (step.found) {
        case Found::Nothing: return "new";
        case Found::Same: return "is there";
        case Found::Other: return "replaces";
    }
    return "";
}

void show_steps(Invocation& invocation, const Laying& laying) {
    std::vector<std::vector<std::string>> rows;
    json::array list;
    for (const Laying::Step& each : laying.steps()) {
        const char* const what = each.secret ? "secret" : each.about.redacted ? "in part" : "";
        rows.push_back({word_of(each), each.target.string(), each.about.role, what});
        list.push_back(json::object{{"target", each.target.string()},
                                    {"role", each.about.role},
                                    {"secret", each.secret},
                                    {"redacted", each.about.redacted},
                                    {"does", word_of(each)}});
    }
    invocation.out.line(table({"", "FILE", "NAMED BY", ""}, rows));
    invocation.out.set("files", std::move(list));
    invocation.out.set("token", json::string(laying.token()));
}

/// What is left for people to do.
void show_next(const Output& out, const std::vector<Bundle>& bundles,
               const ConfigArguments& arguments) {
    const std::string& configuration = bundles.front().about.configuration;
    if (!arguments.in_place) {
        out.line("next           look at them; with --in-place they go where they came from");
        return;
    }
    const std::string config = configuration.empty() ? "" : " --config " + configuration;
    for (const Bundle& bundle : bundles) {
        for (const auto& each : bundle.about.files) {
            if (each.role != "environment") continue;
            out.line("by hand        the variables in " + each.path +
                     " belong to the server's start: EnvironmentFile= of its unit takes them");
        }
    }
    out.line("next           syncwatch doctor" + config);
    out.line("               syncwatch restore database" + config + ", if it is lost");
    out.line("               systemctl daemon-reload && systemctl enable --now syncwatch");
}

Outcome<> lay_down(Invocation& invocation, const Laying& laying) {
    std::string stamp = format_rfc3339(SystemClock().wall());
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == '.'; });
    auto laid = laying.lay(stamp);
    if (!laid) return tl::unexpected<Failure>(failure_of(laid.error()));
    if (const auto same = laying.compare(); !same) {
        return tl::unexpected<Failure>(bundle_failure(same.error()));
    }
    std::size_t count = 0;
    json::array list;
    for (const Laying::Laid& each : *laid) {
        count += each.done ? 1 : 0;
        if (!each.aside.empty()) {
            invocation.out.line("moved aside    " + each.aside.string());
            list.emplace_back(each.aside.string());
        }
        if (!each.owned) {
            invocation.out.line("for us alone   " + each.target.string() +
                                ": who it belonged to is not known here, or only root may give it");
        }
    }
    invocation.out.line(
        fmt::format("laid down      {} of {} files, each compared with what was "
                    "put in",
                    count, laid->size()));
    invocation.out.set("laid_down", count);
    invocation.out.set("moved_aside", std::move(list));
    return {};
}

/// Without the secrets it is no installation yet.
Outcome<> whole(const Laying& laying) {
    for (const Laying::Step& each : laying.steps()) {
        if (!each.about.redacted) continue;
        return give_up(
            Exit::Partial, "secrets_missing",
            each.target.string() + " has REDACTED in the place of its secrets",
            "Give the bundle of secrets, too: --file secrets.tar.age --identity KEYFILE.");
    }
    return {};
}

Outcome<> restore_config(Invocation& invocation, const ConfigArguments& arguments) {
    if (arguments.in_place == !arguments.into.empty()) {
        return give_up(Exit::Usage, "usage", "it must be said where to: --into DIR or --in-place",
                       "--into DIR lays the files down below a folder, to be looked at; --in-place "
                       "where they came from.");
    }
    const auto bundles = bundles_of(invocation, arguments);
    if (!bundles) return tl::unexpected<Failure>(bundles.error());
    const auto laying = Laying::plan(*bundles, arguments.in_place ? fs::path("/") : arguments.into);
    if (!laying) return tl::unexpected<Failure>(failure_of(laying.error()));
    show_steps(invocation, *laying);
    // Whoever can write a repository can put any file into a bundle: somebody reads the list first.
    const bool asks = arguments.in_place ? laying->changes_anything() : laying->replaces_anything();
    if (arguments.dry_run) {
        if (asks) {
            invocation.out.line("to do it       --confirm " + laying->token());
        }
        return {};
    }
    if (asks && arguments.confirmed != laying->token()) {
        return give_up(Exit::ConfirmationNeeded, "confirmation_needed",
                       arguments.confirmed.empty()
                           ? "nobody confirmed that these files go there"
                           : "things are not as they were when that was shown",
                       "Read the list; then repeat it with --confirm " + laying->token());
    }
    if (auto done = lay_down(invocation, *laying); !done) return done;
    show_next(invocation.out, *bundles, arguments);
    return whole(*laying);
}

void add_options(CLI::App& command, ConfigArguments& arguments) {
    add_backup_options(command, arguments.backup, true);
    command
        .add_option("--file", arguments.files,
                    "A bundle that is at hand, config.tar or secrets.tar.age; both may be given")
        ->type_name("FILE");
    command.add_option("--set", arguments.set, "This backup alone, by its id in backup list")
        ->type_name("ID");
    command
        .add_option("--into", arguments.into,
                    "Below this folder, and leave the installation as it is")
        ->type_name("DIR");
    command.add_flag("--in-place", arguments.in_place,
                     "Where the files came from; what lies there is moved aside, never removed");
    command.add_flag("--dry-run", arguments.dry_run, "Say what would be done, and do nothing");
    command
        .add_option("--confirm", arguments.confirmed, "The word that --dry-run shows: do just that")
        ->type_name("TOKEN");
}

}  // namespace

void add_restore_config(CLI::App& restore, Command& chosen) {
    const auto arguments = std::make_shared<ConfigArguments>();
    CLI::App* command = restore.add_subcommand(
        "config",
        "The settings, the plan and, with a recovery key, the secrets of an installation: on a new "
        "machine that key and the address of a repository are enough. docs/recovery/secrets.md");
    add_options(*command, *arguments);
    command->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return restore_config(invocation, *arguments);
        };
        // Whoever restores them may have settings that cannot be used.
        chosen.despite_problems = true;
    });
}

}  // namespace syncwatch::apps
