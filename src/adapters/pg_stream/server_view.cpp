#include "adapters/pg_stream/server_view.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

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
                ELSE pg_current_wal_lsn() - slot.restart_lsn END, 0)::bigint
FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots AS slot ON slot.slot_name = $1)";

template <class Number>
Number number(const std::string& text) {
    Number value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

tl::unexpected<Error> no_server(std::string words) {
    std::ranges::replace(words, '\n', ' ');
    Error error;
    error.code = ErrorCode::Unavailable;
    error.component = "backup";
    error.reason = "no_server";
    error.retry_after = std::chrono::seconds(5);
    error.message = "ask PostgreSQL: " + words;
    return fail(std::move(error));
}

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};

}  // namespace

Result<ServerView> look_at_server(const Access& access, const std::string& slot) {
    const std::string password = access.password ? access.password() : std::string();
    const std::string timeout = std::to_string(access.connect_timeout.count());
    std::vector<const char*> names{"dbname", "connect_timeout", "application_name",
                                   "tcp_user_timeout", "options"};
    std::vector<const char*> values{access.url.c_str(), timeout.c_str(), "syncwatch-backup",
                                    "15000", "-c statement_timeout=30s"};
    if (access.has_several_hosts()) {
        names.push_back("target_session_attrs");
        values.push_back("read-write");
    }
    if (!password.empty()) {
        names.push_back("password");
        values.push_back(password.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    const std::unique_ptr<PGconn, Finish> connection(
        PQconnectdbParams(names.data(), values.data(), 1));
    if (PQstatus(connection.get()) != CONNECTION_OK) {
        return no_server(PQerrorMessage(connection.get()));
    }
    const char* const parameters[] = {slot.c_str()};
    const std::unique_ptr<PGresult, Clear> answer(
        PQexecParams(connection.get(), kLook, 1, nullptr, parameters, nullptr, nullptr, 0));
    constexpr int kColumns = 11;
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) != 1 ||
        PQnfields(answer.get()) != kColumns) {
        return no_server(PQerrorMessage(connection.get()));
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
    // Nothing is archived by the server itself: whether its log is taken is asked where it counts.
    view.server.is_archiving = true;
    return view;
}

}  // namespace syncwatch::pg_stream
