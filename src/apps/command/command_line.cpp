#include "apps/command/command_line.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/command/command.h"
#include "apps/command/config_flags.h"
#include "apps/command/wal.h"
#include "apps/node/version.h"

namespace syncwatch::apps {
namespace {

/// "user add", of the commands that were chosen one inside the other.
std::string chosen_name(const CLI::App& app) {
    std::string name;
    for (const CLI::App* each = &app; !each->get_subcommands().empty();) {
        each = each->get_subcommands().front();
        name.append(name.empty() ? "" : " ").append(each->get_name());
    }
    return name;
}

/// What is wrong with the words on the command line, and what was probably meant.
Failure usage_failure(const CLI::App& app, const CLI::ParseError& error) {
    const std::string name = chosen_name(app);
    Failure failure{
        Exit::Usage, "usage", error.what(),
        fmt::format("syncwatch{}{} --help says what it takes.", name.empty() ? "" : " ", name)};
    if (!failure.what.empty()) {
        failure.what[0] =
            static_cast<char>(std::tolower(static_cast<unsigned char>(failure.what[0])));
    }
    for (const std::string& word : app.remaining(true)) {
        if (!word.starts_with("-")) {
            failure.what = fmt::format("there is no command {}", word);
            break;
        }
        if (!word.starts_with("--")) continue;
        const std::string flag = word.substr(0, word.find('='));
        failure.what = fmt::format("there is no flag {}", flag);
        const std::string meant = closest_flag(flag);
        if (!meant.empty()) failure.hint = fmt::format("Did you mean {}? {}", meant, failure.hint);
        break;
    }
    return failure;
}

bool asks_for_json(int argc, char** argv) {
    return std::any_of(argv, argv + argc,
                       [](const char* word) { return std::string_view(word) == "--json"; });
}

int run(const Command& command, const ConfigFlags& flags, const std::string& name) {
    Output out(flags.json(), name);
    const auto outcome = [&]() -> Outcome<> {
        config::Loaded loaded = flags.load();
        if (!loaded.problems.empty() && !command.despite_problems) {
            return tl::unexpected<Failure>(configuration_failure(loaded.problems));
        }
        Invocation invocation{std::move(loaded.settings), std::move(loaded.problems), out,
                              flags.values()};
        return command.run(invocation);
    }();
    out.finish(outcome ? nullptr : &outcome.error());
    return static_cast<int>(outcome ? Exit::Done : outcome.error().exit);
}

/// All that can be typed, and what was chosen.
struct Words {
    Words() {
        app.set_version_flag("--version", std::string("syncwatch ") + kVersion);
        app.require_subcommand(1);
        app.fallthrough();
        flags.emplace(app);
        for (auto* add : {add_serve, add_worker, add_migrate, add_doctor, add_lab, add_user,
                          add_room, add_video, add_replicate, add_plan, add_backup, add_restore,
                          add_validate, add_status, add_health, add_wal, add_wal_stream}) {
            add(app, chosen);
        }
    }

    CLI::App app{"SyncWatch: watch a film together, apart.", "syncwatch"};
    std::optional<ConfigFlags> flags;
    Command chosen;
};

int run_whole(int argc, char** argv) try {
    Words words;
    CLI::App& app = words.app;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // --help and --version are answers, everything else is wrong usage.
        if (error.get_exit_code() == 0) return app.exit(error);
        const Failure failure = usage_failure(app, error);
        Output(asks_for_json(argc, argv), chosen_name(app)).finish(&failure);
        return static_cast<int>(failure.exit);
    }
    return run(words.chosen, *words.flags, chosen_name(app));
} catch (const std::exception& fault) {
    fmt::print(stderr, "syncwatch: {}\nHINT: This is a fault of syncwatch: please report it.\n",
               fault.what());
    return static_cast<int>(Exit::Internal);
}

}  // namespace

std::optional<Failure> misspelt(const std::vector<std::string>& typed) {
    Words words;
    // It wants the last one first.
    std::vector<std::string> backwards(typed.rbegin(), typed.rend());
    try {
        words.app.parse(std::move(backwards));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) return usage_failure(words.app, error);
    }
    return std::nullopt;
}

int run_command_line(int argc, char** argv) {
    return code_for_postgres(argc, argv, run_whole(argc, argv));
}

}  // namespace syncwatch::apps
