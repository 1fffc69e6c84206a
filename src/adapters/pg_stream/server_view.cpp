#include "adapters/pg_stream/server_view.h"

#include <charconv>
#include <string>

namespace syncwatch::pg_stream {
namespace {

/// Numbers as text. What nobody gave the role a right to see counts as nothing.
constexpr const char* kLook = R"(
SELECT (SELECT system_identifier FROM pg_control_system()),
       CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
            ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END,
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
       (SELECT coalesce(sum(pg_database_size(oid)), 0)::bigint FROM pg_database
        WHERE has_database_privilege(oid, 'CONNECT')),
       current_setting('server_version_num')::int / 10000,
       current_setting('wal_segment_size'),
       (SELECT setting::bigint * 1048576 FROM pg_settings WHERE name = 'max_slot_wal_keep_size'),
       slot.slot_name IS NOT NULL,
       coalesce(slot.active, false),
       coalesce(slot.wal_status, ''),
       coalesce(CASE WHEN pg_is_in_recovery() THEN 0
                ELSE pg_current_wal_lsn() - slot.restart_lsn END, 0)::bigint,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       pg_is_in_recovery(),
       CASE WHEN has_table_privilege(to_regclass('public.schema_steps'), 'SELECT')
            THEN (xpath('/row/v/text()', query_to_xml(
                'SELECT max(version) AS v FROM public.schema_steps', false, true, '')))[1]::text
            ELSE '' END
FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots AS slot ON slot.slot_name = $1)";

template <class Number>
Number number(const std::string& text) {
    Number value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

Result<ServerView> look_at_server(const Access& access, const std::string& slot) {
    SW_TRY(const Connection connection, connect(access, Speaks::Sql));
    const char* const parameters[] = {slot.c_str()};
    const Answer answer(
        PQexecParams(connection.get(), kLook, 1, nullptr, parameters, nullptr, nullptr, 0));
    constexpr int kColumns = 14;
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) != 1 ||
        PQnfields(answer.get()) != kColumns) {
        const char* const state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
        return fail(error_of(PQerrorMessage(connection.get()), state == nullptr ? "" : state));
    }
    const auto text = [&](int column) { return std::string(PQgetvalue(answer.get(), 0, column)); };
    if (text(5) != "16MB") {
        return fail(ErrorCode::InvalidInput,
                    "its log is in files of " + text(5) + ": only 16MB is supported");
    }
    ServerView view;
    view.server.system_id = text(0);
    view.server.timeline = number<std::uint32_t>(text(1));
    view.server.position = wal::parse_lsn(text(2)).value_or(wal::Lsn());
    view.server.bytes = number<std::uint64_t>(text(3));
    view.version = text(4);
    if (!text(6).starts_with('-')) view.slot_most = number<std::uint64_t>(text(6));
    view.has_slot = text(7) == "t";
    view.is_streamed = text(8) == "t";
    view.slot_state = text(9);
    view.slot_bytes = number<std::uint64_t>(text(10));
    view.server.clock = from_micros(number<std::int64_t>(text(11)));
    view.server.is_standby = text(12) == "t";
    view.server.schema_version = text(13);
    // Nothing is archived by the server itself: whether its log is taken is asked where it counts.
    view.server.is_archiving = true;
    return view;
}

}  // namespace syncwatch::pg_stream
