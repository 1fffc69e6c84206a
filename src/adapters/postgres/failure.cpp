#include "adapters/postgres/failure.h"

#include <string>

#include <fmt/format.h>

namespace syncwatch::postgres {
namespace {

using namespace std::chrono_literals;

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string() : std::string(text);
}

Error error_of(ErrorCode code, std::string message, std::string_view reason = {}) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.reason = reason;
    if (code == ErrorCode::Unavailable) {
        error.component = "database";
        error.retry_after = 2s;
    }
    return error;
}

/// Of libpq's message the first line: the rest are hints and repetitions for each host.
std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

/// libpq does not tell which certificate it refused, nor for what.
void add_advice(std::string& said, const PGconn* connection) {
    if (said.find("certificate verify failed") == std::string::npos) return;
    said += fmt::format(
        " (it has ended, is for another name, or is not of the authority in sslrootcert; shown by"
        " openssl s_client -starttls postgres -connect {}:{})",
        PQhost(connection), PQport(connection));
}

}  // namespace

// Classes of SQLSTATE: PostgreSQL documentation, appendix A.
Diagnosis diagnose(const PGresult* result, std::string_view doing) {
    const std::string state = field(result, PG_DIAG_SQLSTATE);
    std::string message =
        fmt::format("{}: {} ({})", doing, field(result, PG_DIAG_MESSAGE_PRIMARY), state);
    const auto unavailable = [&](Failure failure, std::string_view reason = {}) {
        return Diagnosis{failure, error_of(ErrorCode::Unavailable, std::move(message), reason)};
    };
    if (state == "40001" || state == "40P01") return unavailable(Failure::Serialization);
    if (state == "25006") return unavailable(Failure::ReadOnly, "read_only");
    if (state == "23505") {
        return {Failure::Unique, error_of(ErrorCode::Conflict, std::move(message))};
    }
    if (state.starts_with("23")) {
        return {Failure::Statement, error_of(ErrorCode::Conflict, std::move(message))};
    }
    if (state.starts_with("08") || state.starts_with("57P") || state.empty()) {
        return unavailable(Failure::Lost);
    }
    if (state == "53100") return unavailable(Failure::Statement, "disk_full");
    // Too many connections or too little memory; a statement that took too long; a lock that did.
    if (state.starts_with("53") || state == "57014" || state == "55P03") {
        return unavailable(Failure::Statement);
    }
    if (state.starts_with("XX00") && state != "XX000") {
        return {Failure::Statement, error_of(ErrorCode::Corrupt, std::move(message))};
    }
    return {Failure::Statement, error_of(ErrorCode::Internal, std::move(message))};
}

Diagnosis lost(const PGconn* connection, std::string_view doing) {
    std::string said = first_line(PQerrorMessage(connection));
    add_advice(said, connection);
    const bool read_only = said.find("session is read-only") != std::string::npos;
    return {read_only ? Failure::ReadOnly : Failure::Lost,
            error_of(ErrorCode::Unavailable, fmt::format("{}: {}", doing, said),
                     read_only ? "read_only" : "")};
}

}  // namespace syncwatch::postgres
