#pragma once
#include <string>

#include "adapters/pg_stream/stream_backups.h"
#include "recovery/postgres/followed_log.h"

namespace syncwatch::apps {

/// What the server alone says of how its log is streamed.
recovery::FollowedLog followed_log(const pg_stream::ServerView& server, const std::string& slot);

/// The same with what is found in the places. `lag` remembers from look to look since when one has
/// been behind; of its first look nobody knows. Errors: Cancelled alone.
Async<recovery::FollowedLog> look_at_stream(pg_stream::StreamBackups& stream, recovery::LogLag& lag,
                                            Clock& clock);

}  // namespace syncwatch::apps
