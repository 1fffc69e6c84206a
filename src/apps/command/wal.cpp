#include "apps/command/wal.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "adapters/pg_stream/fetch_log.h"
#include "adapters/pgbackrest/fetch_log.h"
#include "adapters/pgbackrest/push_log.h"
#include "apps/backup/late_repository.h"
#include "apps/backup/postgres_engine.h"
#include "apps/command/backup_place.h"
#include "apps/command/command.h"
#include "apps/plan/plan_source.h"
#include "base/async/run_to_end.h"
#include "base/quantity.h"
#include "recovery/catalogue/names.h"
#include "recovery/postgres/data_folder.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

struct WalArguments {
    std::string name;
    fs::path path;
    std::string patience = "60s";
    std::string engine = "pgbackrest";
    std::string cluster;
};

Outcome<pgbackrest::Options> options_of(const Invocation& invocation) {
    auto plan = load_plan(invocation.settings.recovery.plan);
    if (!plan) return tl::unexpected<Failure>(failure_of(plan.error()));
    auto options = pgbackrest_options(invocation.settings, *plan);
    if (!options) return tl::unexpected<Failure>(failure_of(options.error()));
    return *std::move(options);
}

Outcome<> push(Invocation& invocation, const WalArguments& arguments) {
    const auto options = options_of(invocation);
    if (!options) return tl::unexpected<Failure>(options.error());
    return tl::unexpected<Failure>(failure_of(pgbackrest::become_push(*options, arguments.path)));
}

Outcome<> log_ends(const std::string& name) {
    return give_up(Exit::LogEnds, "log_ends", "no repository has " + name,
                   "PostgreSQL takes it for the end of the log.");
}

/// From where wal-stream brought it. The server that asks runs this in its data folder, which says
/// which database it is.
Outcome<> get_streamed(Invocation& invocation, const WalArguments& arguments,
                       std::chrono::milliseconds patience) {
    std::error_code failed;
    fs::path data = fs::current_path(failed);
    if (!fs::exists(data / "global" / "pg_control", failed)) {
        data = invocation.settings.recovery.pg_data;
    }
    const auto there = recovery::look_at_data_folder(data);
    if (!there) return tl::unexpected<Failure>(failure_of(there.error()));
    if (there->system_id.empty()) {
        return give_up(Exit::Refused, "not_a_database", data.string() + " is no data folder",
                       "PostgreSQL runs this in its data folder.");
    }
    auto plan = load_plan(invocation.settings.recovery.plan);
    if (!plan) return tl::unexpected<Failure>(failure_of(plan.error()));
    const auto names = recovery::RepositoryNames::of(arguments.cluster);
    if (!names) return tl::unexpected<Failure>(failure_of(names.error()));
    SystemClock clock;
    SystemRandom random;
    net::thread_pool pool(2);
    std::vector<std::unique_ptr<LateRepository>> opened;
    std::vector<pg_stream::LogStore> stores;
    for (const char* name : {"near", "far"}) {
        const auto place = plan->repositories.find(name);
        if (place == plan->repositories.end()) continue;
        opened.push_back(std::make_unique<LateRepository>(
            place->second, OpenRepository::Powers{clock, random, pool}));
        stores.emplace_back(*opened.back(),
                            pg_stream::LogNames(names->logs("pg"), there->system_id), pool);
    }
    const auto fetched = run_to_end(pg_stream::fetch_log(
        std::move(stores), {arguments.name, arguments.path, data}, clock, patience));
    for (const auto& each : opened) each->stop();
    pool.join();
    if (!fetched) return tl::unexpected<Failure>(failure_of(fetched.error()));
    if (*fetched == pg_stream::Fetched::Found) return {};
    return log_ends(arguments.name);
}

Outcome<> get(Invocation& invocation, const WalArguments& arguments) {
    const auto patience = parse_span(arguments.patience);
    if (!patience) {
        return give_up(Exit::Usage, "usage", "--patience " + arguments.patience + " is no time",
                       "As in --patience 60s.");
    }
    if (invocation.settings.recovery.pg_mode == config::PgMode::Stream) {
        return get_streamed(invocation, arguments, *patience);
    }
    auto options = options_of(invocation);
    if (!options) return tl::unexpected<Failure>(options.error());
    // PostgreSQL runs it in its data folder, which says what it is.
    std::error_code failed;
    fs::path data = fs::current_path(failed);
    if (!fs::exists(data / "global" / "pg_control", failed)) data = options->data;
    const pgbackrest::Engine engine(*std::move(options));
    const auto fetched = run_to_end(pgbackrest::fetch_log(engine, data, arguments.name,
                                                          fs::absolute(arguments.path), *patience));
    if (!fetched) return tl::unexpected<Failure>(failure_of(fetched.error()));
    if (*fetched == pgbackrest::Fetched::Found) return {};
    return log_ends(arguments.name);
}

using RunWal = Outcome<> (*)(Invocation&, const WalArguments&);

CLI::App* add_hook(CLI::App& app, const char* name, const char* help,
                   const std::shared_ptr<WalArguments>& arguments, Command& chosen, RunWal run) {
    CLI::App* hook = app.add_subcommand(name, help);
    hook->add_option("--engine", arguments->engine,
                     "What keeps the log. pgBackRest trusts no archive_command without its name")
        ->check(CLI::IsMember({"pgbackrest"}));
    hook->callback([&chosen, arguments, run] {
        chosen.run = [arguments, run](Invocation& invocation) {
            return run(invocation, *arguments);
        };
    });
    return hook;
}

}  // namespace

void add_wal(CLI::App& app, Command& chosen) {
    const auto sent = std::make_shared<WalArguments>();
    CLI::App* push_hook = add_hook(
        app, "wal-push",
        "For archive_command: bring a finished file of PostgreSQL's log into the repositories of "
        "the plan. archive_command = 'syncwatch wal-push --engine pgbackrest %p'",
        sent, chosen, push);
    push_hook->add_option("path", sent->path, "The file, as %p gives it")->required();

    const auto wanted = std::make_shared<WalArguments>();
    CLI::App* get_hook = add_hook(
        app, "wal-get",
        "For restore_command: bring a file of the log back. Ends with 1 only where every "
        "repository answered and the log ends there; with 126, on which PostgreSQL stops, for "
        "everything else. restore_command = 'syncwatch wal-get %f %p'",
        wanted, chosen, get);
    get_hook->add_option("name", wanted->name, "The name of the file, as %f gives it")->required();
    get_hook->add_option("path", wanted->path, "Where it is to be, as %p gives it")->required();
    get_hook
        ->add_option("--cluster", wanted->cluster,
                     "Of a server whose log was streamed: which installation's it is")
        ->type_name("ID");
    get_hook->add_option("--patience", wanted->patience, "Try again for so long")
        ->type_name("TIME");
}

int code_for_postgres(int argc, char** argv, int code) {
    bool is_get = false;
    for (int i = 1; i < argc && !is_get; ++i) is_get = std::string_view(argv[i]) == "wal-get";
    if (!is_get || code == 0) return code;
    constexpr int kAbsent = 1;
    constexpr int kStop = 126;
    return code == static_cast<int>(Exit::LogEnds) ? kAbsent : kStop;
}

}  // namespace syncwatch::apps
