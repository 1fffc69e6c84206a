#include "adapters/pg_stream/server_view.h"
#include "apps/backup/followed_log.h"
#include "apps/backup/stream_engine.h"
#include "apps/doctor/looks.h"

namespace syncwatch::apps {
namespace {

constexpr const char* kLog = "database log";
}  // namespace

void look_at_log(const config::Settings& settings, Findings& findings) {
    if (settings.recovery.pg_mode != config::PgMode::Stream) return;
    const auto seen = pg_stream::look_at_server(stream_access(settings), settings.recovery.pg_slot);
    if (!seen) {
        return findings.problem(kLog, seen.error().message,
                                "Look at recovery.pg_url, recovery.pg_password and pg_hba.conf.");
    }
    const recovery::FollowedLog log = followed_log(*seen, settings.recovery.pg_slot);
    bool is_well = true;
    for (const auto& each : {falls_behind(log), piles_up(log)}) {
        if (each) findings.problem(kLog, each->what, each->next);
        is_well = is_well && !each;
    }
    if (is_well) findings.well(kLog, describe(log));
    if (!seen->slot_most) {
        findings.advice(kLog, "a slot may keep any amount of log, until PostgreSQL's disk is full",
                        "Set max_slot_wal_keep_size in postgresql.conf to half of what is free "
                        "there.");
    }
}

}  // namespace syncwatch::apps
