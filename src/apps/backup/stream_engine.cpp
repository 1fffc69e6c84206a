#include "apps/backup/stream_engine.h"

#include "apps/backup/postgres_engine.h"
#include "recovery/catalogue/names.h"
#include "recovery/postgres/component.h"

namespace syncwatch::apps {
namespace {

using pg_stream::StreamBackups;
using recovery::BackupKind;

class StreamedPostgres final : public recovery::PgComponent {
public:
    using PgComponent::PgComponent;

    std::vector<BackupKind> kinds() const override { return {BackupKind::Full}; }
};

Result<pg_stream::StreamOptions> stream_options_of(const config::Settings& settings,
                                                   const std::string& cluster,
                                                   std::filesystem::path scratch) {
    SW_TRY(const auto names, recovery::RepositoryNames::of(cluster));
    pg_stream::StreamOptions options;
    options.access = stream_access(settings);
    options.slot = settings.recovery.pg_slot;
    options.data = names.data("pg");
    options.log = names.logs("pg");
    options.programs.data = settings.recovery.pg_data;
    options.programs.work = settings.recovery.pg_work;
    options.programs.user = settings.recovery.pg_user;
    SW_TRY(options.programs.contents, our_database(settings));
    options.scratch = std::move(scratch);
    return options;
}

std::vector<pg_stream::LogPlace> log_places(const std::vector<recovery::Place>& places) {
    std::vector<pg_stream::LogPlace> all;
    for (const recovery::Place& each : places) all.push_back({each.name, each.repository});
    return all;
}

}  // namespace

pg_stream::Access stream_access(const config::Settings& settings) {
    pg_stream::Access access;
    const bool has_own = !settings.recovery.pg_url.empty();
    access.url = has_own ? settings.recovery.pg_url : settings.postgres.url;
    access.password = has_own
                          ? settings.secret("recovery.pg_password", settings.recovery.pg_password)
                          : settings.secret("database.password", settings.postgres.password);
    return access;
}

Result<std::unique_ptr<StreamBackups>> open_stream_backups(const config::Settings& settings,
                                                           const std::string& cluster,
                                                           StreamPlaces places,
                                                           StreamBackups::Powers powers) {
    SW_TRY(auto options, stream_options_of(settings, cluster, std::move(places.scratch)));
    return std::make_unique<StreamBackups>(log_places(places.places), std::move(options), powers);
}

std::unique_ptr<recovery::BackupComponent> stream_component(StreamBackups& engine, Clock& clock,
                                                            std::filesystem::path scratch,
                                                            RestoredVisitor& visitor) {
    return std::make_unique<StreamedPostgres>(engine, clock, std::move(scratch), &visitor);
}

Result<pg_stream::StreamerSettings> streamer_settings(const config::Settings& settings,
                                                      const std::string& cluster) {
    SW_TRY(const auto names, recovery::RepositoryNames::of(cluster));
    pg_stream::StreamerSettings wanted;
    wanted.access = stream_access(settings);
    wanted.slot = settings.recovery.pg_slot;
    wanted.log = names.logs("pg");
    return wanted;
}

Result<std::string> stream_fetch_command(const config::Settings& settings,
                                         const std::string& cluster) {
    return restore_command({"--recovery-plan",
                            std::filesystem::absolute(settings.recovery.plan).string(),
                            "--recovery-pg-mode", "stream", "--cluster", cluster});
}

}  // namespace syncwatch::apps
