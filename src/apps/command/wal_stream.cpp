#include <csignal>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "adapters/pg_stream/streamer.h"
#include "apps/backup/late_places.h"
#include "apps/backup/stream_engine.h"
#include "apps/command/backup_desk.h"
#include "apps/command/command.h"
#include "apps/command/config_flags.h"
#include "apps/command/service_process.h"

namespace syncwatch::apps {
namespace {

struct StreamArguments {
    BackupArguments place;
    bool drop_slot = false;
};

Outcome<> drop_slot(Invocation& invocation) {
    const auto dropped = [&]() -> Result<> {
        SW_TRY(const auto connection,
               pg_stream::Replication::open(stream_access(invocation.settings)));
        return connection->drop_slot(invocation.settings.recovery.pg_slot);
    }();
    if (!dropped) return tl::unexpected<Failure>(failure_of(dropped.error()));
    invocation.out.line("PostgreSQL keeps nothing for " + invocation.settings.recovery.pg_slot +
                        " any more");
    return {};
}

Outcome<> stream_log(Invocation& invocation, const StreamArguments& arguments) {
    const config::Settings& settings = invocation.settings;
    if (stream_access(settings).url.empty()) {
        return give_up(Exit::Refused, "no_server", "no PostgreSQL is named",
                       "Name it in database.url, or recovery.pg_url.");
    }
    if (arguments.drop_slot) return drop_slot(invocation);
    if (settings.recovery.pg_mode != config::PgMode::Stream) {
        return give_up(Exit::Refused, "not_streamed", "PostgreSQL is backed up by pgBackRest here",
                       "recovery.pg_mode = \"stream\" has it done over the replication protocol.");
    }
    ServiceProcess process(settings);
    auto desk = CommandDesk::open_plan(invocation, arguments.place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    auto wanted = streamer_settings(settings, (*desk)->cluster());
    if (!wanted) return tl::unexpected<Failure>(failure_of(wanted.error()));
    // Its own: what hangs in a repository is not in the way of what comes.
    net::thread_pool pool(4);
    LatePlaces places((*desk)->plan(), {(*desk)->clock(), (*desk)->random(), pool});
    pg_stream::LogStreamer streamer(places.for_log(), *std::move(wanted), {(*desk)->clock(), pool});
    Result<> ended;
    std::thread runner([&streamer, &ended] {
        ended = run_to_end(streamer.run());
        // It ends by itself only for good: then so does the process.
        (void)::kill(::getpid(), SIGTERM);
    });
    process.wait_for_the_end([] {});
    ServiceProcess::end([&](std::chrono::milliseconds) {
        streamer.stop();
        runner.join();
    });
    places.stop();
    pool.join();
    if (ended) return {};
    return tl::unexpected<Failure>(failure_of(ended.error()));
}

}  // namespace

void add_wal_stream(CLI::App& app, Command& chosen) {
    const auto arguments = std::make_shared<StreamArguments>();
    CLI::App* stream = app.add_subcommand(
        "wal-stream",
        "Bring PostgreSQL's log into the repositories of the plan as it is written, over the "
        "replication protocol, until SIGTERM or SIGINT: a server that is lost with its disk costs "
        "seconds. For recovery.pg_mode = \"stream\". Ends with 8 where another one does it: "
        "docs/recovery/postgres.md");
    stream
        ->add_option("--cluster", arguments->place.cluster,
                     "Which installation it is, where the database cannot say")
        ->type_name("ID");
    stream->add_flag("--drop-slot", arguments->drop_slot,
                     "Instead: have PostgreSQL keep nothing for this any more");
    stream->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return stream_log(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
