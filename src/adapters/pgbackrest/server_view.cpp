#include <charconv>

#include "adapters/pgbackrest/pgbackrest_backups.h"
#include "adapters/pgbackrest/psql.h"
#include "adapters/pgbackrest/rows.h"

namespace syncwatch::pgbackrest {
namespace {

using namespace std::chrono_literals;

/// Numbers as text, times as µs since the epoch. A server that recovers has no place of its own in
/// the log yet.
constexpr const char* kLook = R"(
SELECT (SELECT system_identifier FROM pg_control_system()),
       CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
            ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END,
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
       (SELECT sum(pg_database_size(oid))::bigint FROM pg_database),
       current_setting('archive_mode') <> 'off' AND current_setting('archive_command') <> '',
       coalesce(last_archived_wal, ''),
       coalesce((extract(epoch FROM last_archived_time) * 1000000)::bigint, 0),
       failed_count,
       coalesce(last_failed_wal, ''),
       coalesce((extract(epoch FROM last_failed_time) * 1000000)::bigint, 0),
       current_setting('wal_segment_size'),
       pg_snapshot_xmax(pg_current_snapshot()),
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       (SELECT setting FROM pg_settings WHERE name = 'archive_timeout'),
       pg_is_in_recovery()
FROM pg_stat_archiver)";

template <class Number>
Number number(const std::string& text) {
    Number value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

Door PgBackRestBackups::door() const {
    const Options& options = engine_.options();
    return {options.socket, options.port, options.user, options.database};
}

Door PgBackRestBackups::contents_door() const {
    Door contents = door();
    contents.database = engine_.options().contents;
    return contents;
}

Async<DatabaseBackups::Rows> PgBackRestBackups::rows() {
    // A table that is larger says little by its count, and takes its disk from those who watch.
    constexpr std::uint64_t kLargest = std::uint64_t{256} << 20;
    return count_rows(engine_, contents_door(), kLargest, 60s);
}

Async<DatabaseBackups::Server> PgBackRestBackups::server() {
    SW_CO_TRY(const auto rows, co_await ask_server(engine_, door(), kLook, 30s));
    constexpr std::size_t kColumns = 15;
    if (rows.size() != 1 || rows[0].size() != kColumns) {
        co_return fail(ErrorCode::Corrupt, "PostgreSQL's answer about itself is not one row");
    }
    const auto& row = rows[0];
    if (row[10] != "16MB") {
        co_return fail(ErrorCode::InvalidInput,
                       "its log is in files of " + row[10] + ": only 16MB is supported");
    }
    Server server;
    server.system_id = row[0];
    server.timeline = number<std::uint32_t>(row[1]);
    server.position = wal::parse_lsn(row[2]).value_or(wal::Lsn());
    server.bytes = number<std::uint64_t>(row[3]);
    server.is_archiving = row[4] == "t";
    server.last_archived = row[5];
    server.last_archived_at = from_micros(number<std::int64_t>(row[6]));
    server.failures = number<std::uint64_t>(row[7]);
    server.last_failed = row[8];
    server.last_failed_at = from_micros(number<std::int64_t>(row[9]));
    server.next_transaction = number<std::uint64_t>(row[11]);
    server.clock = from_micros(number<std::int64_t>(row[12]));
    server.archive_timeout = std::chrono::seconds(number<std::int64_t>(row[13]));
    server.is_standby = row[14] == "t";
    // Before SyncWatch was started for the first time its database need not be there.
    const auto version = co_await schema_version(engine_, contents_door(), 30s);
    if (version) server.schema_version = *version;
    co_return server;
}

}  // namespace syncwatch::pgbackrest
