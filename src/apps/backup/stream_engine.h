#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/pg_stream/stream_backups.h"
#include "adapters/pg_stream/streamer.h"
#include "apps/config/settings.h"
#include "recovery/backups/component.h"
#include "recovery/catalogue/shelves.h"

namespace syncwatch::apps {

/// Where the backups of a streamed server lie.
struct StreamPlaces {
    std::vector<recovery::Place> places;
    std::filesystem::path scratch;  ///< A folder of ours alone.
};

/// How PostgreSQL is backed up over its replication protocol here: settings with recovery.pg_mode =
/// "stream". Nothing is asked. Errors: InvalidInput (no server is named, or the cluster's name).
Result<std::unique_ptr<pg_stream::StreamBackups>> open_stream_backups(
    const config::Settings& settings, const std::string& cluster, StreamPlaces places,
    pg_stream::StreamBackups::Powers powers);

/// The same as a component that is backed up; `visitor` uses what is restored in a test. All
/// outlive it; `scratch` as in PgComponent.
std::unique_ptr<recovery::BackupComponent> stream_component(pg_stream::StreamBackups& engine,
                                                            Clock& clock,
                                                            std::filesystem::path scratch,
                                                            RestoredVisitor& visitor);

/// What brings its log.
Result<pg_stream::StreamerSettings> streamer_settings(const config::Settings& settings,
                                                      const std::string& cluster);

/// How the server is reached, for those who only look at it.
pg_stream::Access stream_access(const config::Settings& settings);

/// The restore_command that brings the log by these settings. Errors: as fetch_command().
Result<std::string> stream_fetch_command(const config::Settings& settings,
                                         const std::string& cluster);

}  // namespace syncwatch::apps
