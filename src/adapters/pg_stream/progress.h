#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapters/pg_stream/server_view.h"

namespace syncwatch::pg_stream {

/// How far a server's log has come into each place for backups. The places were asked after the
/// server: what is missing there is missing.
struct LogProgress {
    struct OfPlace {
        std::string name;
        Result<std::optional<wal::Lsn>> end;  ///< nullopt: nothing of its timeline is there.
    };
    ServerView server;
    std::vector<OfPlace> places;
};

}  // namespace syncwatch::pg_stream
