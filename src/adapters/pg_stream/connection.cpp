#include "adapters/pg_stream/connection.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace syncwatch::pg_stream {
namespace {

using namespace std::chrono_literals;

/// Beyond it a server that accepts and says nothing is given up (libpq, tcp_user_timeout).
constexpr const char* kTcpSilence = "15000";
struct StateMeaning {
    std::string_view state;  ///< SQLSTATE (PostgreSQL documentation, appendix A).
    ErrorCode code;
    std::string_view reason;
};
constexpr std::array kStates{
    StateMeaning{"55006", ErrorCode::Conflict, "slot_busy"},
    StateMeaning{"58P01", ErrorCode::Conflict, "log_gap"},
    StateMeaning{"53400", ErrorCode::Conflict, "slots_full"},
    StateMeaning{"28000", ErrorCode::Forbidden, "no_replication"},
    StateMeaning{"28P01", ErrorCode::Forbidden, "no_replication"},
    StateMeaning{"42501", ErrorCode::Forbidden, "no_replication"},
};

std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::ranges::replace(text, '\n', ' ');
    return text;
}

}  // namespace

std::string Access::without_password() const {
    PQconninfoOption* const options = PQconninfoParse(url.c_str(), nullptr);
    std::string text;
    for (const auto* each = options; each != nullptr && each->keyword != nullptr; ++each) {
        if (each->val == nullptr || std::strcmp(each->keyword, "password") == 0) continue;
        std::string value;
        for (const char* c = each->val; *c != '\0'; ++c) {
            if (*c == '\'' || *c == '\\') value += '\\';
            value += *c;
        }
        text += fmt::format("{}{}='{}'", text.empty() ? "" : " ", each->keyword, value);
    }
    PQconninfoFree(options);
    return text;
}

Error error_of(std::string words, std::string_view state) {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.component = "backup";
    error.reason = "no_server";
    error.retry_after = 5s;
    error.message = "PostgreSQL: " + one_line(std::move(words));
    const auto* const found = std::ranges::find(kStates, state, &StateMeaning::state);
    // Two of them have one state, "object not in prerequisite state", for everything.
    const bool is_invalid = error.message.find("invalidated") != std::string::npos ||
                            error.message.find("cannot read from") != std::string::npos;
    const bool is_ahead = error.message.find("ahead of the WAL flush") != std::string::npos;
    const bool is_refused = error.message.find("pg_hba.conf") != std::string::npos ||
                            error.message.find("authentication failed") != std::string::npos ||
                            error.message.find("must be superuser or repl") != std::string::npos;
    if (found != kStates.end()) {
        error.code = found->code;
        error.reason = found->reason;
    } else if (is_ahead) {
        error.code = ErrorCode::Conflict;
        error.reason = "log_ahead";
    } else if (is_invalid) {
        error.code = ErrorCode::Conflict;
        error.reason = "log_gap";
    } else if (is_refused) {
        error.code = ErrorCode::Forbidden;
        error.reason = "no_replication";
    }
    if (error.code != ErrorCode::Unavailable) error.component = {};
    return error;
}

Result<Connection> connect(const Access& access, Speaks language) {
    const bool is_log = language == Speaks::Replication;
    const std::string password = access.password ? access.password() : std::string();
    const std::string timeout = std::to_string(access.connect_timeout.count());
    std::vector<std::pair<const char*, const char*>> options{
        {"dbname", access.url.c_str()},
        {"connect_timeout", timeout.c_str()},
        {"application_name", is_log ? "syncwatch-log" : "syncwatch-backup"},
        {"keepalives_idle", "5"},
        {"keepalives_interval", "5"},
        {"keepalives_count", "2"},
        {"tcp_user_timeout", kTcpSilence}};
    if (is_log) options.emplace_back("replication", "true");
    if (!is_log) options.emplace_back("options", "-c statement_timeout=30s");
    if (access.has_several_hosts()) options.emplace_back("target_session_attrs", "read-write");
    if (!password.empty()) options.emplace_back("password", password.c_str());
    options.emplace_back(nullptr, nullptr);
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : options) {
        names.push_back(name);
        values.push_back(value);
    }
    Connection made(PQconnectdbParams(names.data(), values.data(), 1));
    if (PQstatus(made.get()) == CONNECTION_OK) return made;
    return fail(error_of(PQerrorMessage(made.get()), ""));
}

}  // namespace syncwatch::pg_stream
