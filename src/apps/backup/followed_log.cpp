#include "apps/backup/followed_log.h"

#include <algorithm>
#include <utility>

namespace syncwatch::apps {

using recovery::FollowedLog;

FollowedLog followed_log(const pg_stream::ServerView& server, const std::string& slot) {
    FollowedLog log;
    log.slot = slot;
    log.has_slot = server.has_slot;
    log.is_followed = server.is_streamed;
    log.is_lost = server.slot_state == "lost";
    log.kept_bytes = server.slot_bytes;
    log.kept_most = server.slot_most;
    return log;
}

Async<FollowedLog> look_at_stream(pg_stream::StreamBackups& stream, recovery::LogLag& lag,
                                  Clock& clock) {
    const auto seen = co_await stream.progress();
    if (!seen && seen.error().code == ErrorCode::Cancelled) co_return fail(seen.error());
    if (!seen) {
        FollowedLog log;
        log.slot = stream.slot();
        log.trouble = seen.error().message;
        co_return log;
    }
    FollowedLog log = followed_log(seen->server, stream.slot());
    const Instant now = clock.now();
    const wal::Lsn position = seen->server.server.position;
    lag.note(now, position);
    for (const pg_stream::LogProgress::OfPlace& each : seen->places) {
        FollowedLog::OfPlace& place = log.places.emplace_back();
        place.name = each.name;
        if (each.end) {
            const wal::Lsn durable = each.end->value_or(wal::Lsn());
            lag.note(each.name, durable);
            if (*each.end) place.bytes = position.value - std::min(position.value, durable.value);
        } else {
            place.trouble = each.end.error().message;
        }
        place.behind = lag.behind(now, each.name);
    }
    co_return log;
}

}  // namespace syncwatch::apps
