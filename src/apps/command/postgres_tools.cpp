#include "apps/command/postgres_tools.h"

#include <utility>

#include "adapters/pgbackrest/pgbackrest_backups.h"
#include "apps/backup/postgres_engine.h"
#include "apps/backup/stream_engine.h"
#include "apps/plan/plan_source.h"

namespace syncwatch::apps {
namespace {

/// Backups that came over the replication protocol lie in our own repositories.
Outcome<PostgresTools> open_streamed(const Invocation& invocation, const BackupArguments& place) {
    PostgresTools tools;
    auto desk = CommandDesk::open(invocation, place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    tools.desk = *std::move(desk);
    auto fetch = stream_fetch_command(invocation.settings, tools.desk->cluster());
    if (!fetch) return tl::unexpected<Failure>(failure_of(fetch.error()));
    tools.fetch = *std::move(fetch);
    BackupDesk& opened = tools.desk->desk();
    auto engine = open_stream_backups(invocation.settings, tools.desk->cluster(),
                                      {opened.places(), opened.scratch()},
                                      {tools.desk->clock(), tools.desk->pool()});
    if (!engine) return tl::unexpected<Failure>(failure_of(engine.error()));
    tools.engine = *std::move(engine);
    return tools;
}

}  // namespace

Outcome<PostgresTools> open_postgres_tools(const Invocation& invocation,
                                           const BackupArguments& place) {
    if (invocation.settings.recovery.pg_mode == config::PgMode::Stream) {
        return open_streamed(invocation, place);
    }
    PostgresTools tools;
    auto plan = load_plan(invocation.settings.recovery.plan);
    if (!plan) return tl::unexpected<Failure>(failure_of(plan.error()));
    auto options = pgbackrest_options(invocation.settings, *plan);
    if (!options) return tl::unexpected<Failure>(failure_of(options.error()));
    auto fetch = fetch_command(invocation.settings);
    if (!fetch) return tl::unexpected<Failure>(failure_of(fetch.error()));
    tools.fetch = *std::move(fetch);
    tools.engine = std::make_unique<pgbackrest::PgBackRestBackups>(*std::move(options));
    return tools;
}

}  // namespace syncwatch::apps
