#include <fmt/format.h>

#include "adapters/pg_stream/server_view.h"
#include "apps/backup/stream_engine.h"
#include "apps/doctor/looks.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

constexpr const char* kLog = "database log";
/// Of its log that a server keeps for the slot; somebody streams, and does not keep up.
constexpr std::uint64_t kMuch = std::uint64_t{1} << 30;

void tell_slot(const pg_stream::ServerView& seen, const std::string& slot, Findings& findings) {
    const std::string kept = format_size(seen.slot_bytes);
    if (!seen.has_slot) {
        findings.problem(kLog, "nobody brings PostgreSQL's log: the slot " + slot + " is not there",
                         "systemctl enable --now syncwatch-wal-stream");
    } else if (seen.slot_state == "lost") {
        findings.problem(kLog,
                         fmt::format("the slot {} has lost some of the log: it is missing in the "
                                     "repositories for good",
                                     slot),
                         "Let syncwatch wal-stream run, then make a full backup now.");
    } else if (!seen.is_streamed) {
        findings.problem(
            kLog,
            fmt::format("the slot {} is not in use, and PostgreSQL keeps {} for it", slot, kept),
            "Start syncwatch wal-stream, or remove the slot with syncwatch wal-stream --drop-slot: "
            "it fills PostgreSQL's disk.");
    } else if (seen.slot_bytes > kMuch) {
        findings.problem(
            kLog, fmt::format("PostgreSQL keeps {} for the slot {}", kept, slot),
            "The repositories do not keep up: look at what syncwatch wal-stream says.");
    } else {
        findings.well(kLog, fmt::format("it is streamed; {} wait", kept));
    }
}

}  // namespace

void look_at_log(const config::Settings& settings, Findings& findings) {
    if (settings.recovery.pg_mode != config::PgMode::Stream) return;
    const auto seen = pg_stream::look_at_server(stream_access(settings), settings.recovery.pg_slot);
    if (!seen) {
        return findings.problem(kLog, seen.error().message,
                                "Look at recovery.pg_url, recovery.pg_password and pg_hba.conf.");
    }
    tell_slot(*seen, settings.recovery.pg_slot, findings);
    if (!seen->slot_is_bounded) {
        findings.advice(kLog, "a slot may keep any amount of log, until PostgreSQL's disk is full",
                        "Set max_slot_wal_keep_size in postgresql.conf to half of what is free "
                        "there.");
    }
}

}  // namespace syncwatch::apps
