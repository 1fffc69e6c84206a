#include "adapters/postgres/connection.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <poll.h>

#include "adapters/postgres/result_row.h"
#include "adapters/postgres/statement.h"
#include "adapters/postgres/values.h"

namespace syncwatch::postgres {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr const char* kBeginWrite = "BEGIN ISOLATION LEVEL SERIALIZABLE";
constexpr const char* kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Keywords of libpq; what the URL says goes before these.
PGconn* connect(const Settings& settings, const std::string& password) {
    const std::string connect_timeout = std::to_string(settings.connect_timeout.count());
    const std::string ack_timeout = std::to_string(settings.statement_timeout.count());
    std::vector<const char*> words;
    std::vector<const char*> values;
    const auto put = [&](const char* word, const char* value) {
        words.push_back(word);
        values.push_back(value);
    };
    put("application_name", settings.application_name.c_str());
    put("connect_timeout", connect_timeout.c_str());
    put("target_session_attrs", "read-write");
    put("keepalives_idle", "10");
    put("keepalives_interval", "3");
    put("keepalives_count", "3");
    put("tcp_user_timeout", ack_timeout.c_str());
    put("client_encoding", "UTF8");
    put("dbname", settings.url.c_str());
    if (!password.empty()) put("password", password.c_str());
    put(nullptr, nullptr);
    return PQconnectdbParams(words.data(), values.data(), 1);
}

/// Waits until the socket can be read (or written, where libpq has more to send).
bool wait_for(int socket, bool for_writing, Steady::time_point until) {
    pollfd watched{};
    watched.fd = socket;
    watched.events = static_cast<short>(POLLIN | (for_writing ? POLLOUT : 0));
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
        if (left <= 0ms) return false;
        const int ready = ::poll(&watched, 1, static_cast<int>(std::min(left, 60'000ms).count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Settings& settings) {
    const std::string password = settings.password ? settings.password() : std::string();
    std::unique_ptr<Connection> opened(new Connection(connect(settings, password), settings));
    PGconn* const connection = opened->connection_.get();
    if (PQstatus(connection) != CONNECTION_OK) {
        return fail(lost(connection, "connect to PostgreSQL").error);
    }
    SW_CHECK(opened->prepare_session(settings));
    return opened;
}

Result<> Connection::prepare_session(const Settings& settings) {
    PQsetnonblocking(connection_.get(), 1);
    // The server gives a statement up a moment before we do, so that the connection survives it.
    const auto limit = settings.statement_timeout - settings.statement_timeout / 10;
    return script(
        fmt::format("SET statement_timeout = {0}; SET lock_timeout = {0};"
                    " SET idle_in_transaction_session_timeout = {1}; SET TIME ZONE 'UTC'",
                    limit.count(), 2 * settings.statement_timeout.count()));
}

bool Connection::usable() const {
    return !broken_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

std::string Connection::place() const {
    PGconn* const connection = connection_.get();
    return fmt::format("{}:{}/{}", PQhost(connection), PQport(connection), PQdb(connection));
}

void Connection::begin(Mode mode) {
    pending_begin_ = mode == Mode::Write ? kBeginWrite : kBeginRead;
    failure_ = Failure::None;
}

Result<> Connection::commit() {
    if (std::exchange(pending_begin_, nullptr) != nullptr) return {};
    in_transaction_ = false;
    if (!send("COMMIT")) return no_answer("COMMIT");
    SW_TRY(const Answer answer, finish("COMMIT"));
    if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return {};
    return fail(ErrorCode::Internal, "COMMIT: the transaction had failed before");
}

void Connection::end_read() {
    if (std::exchange(pending_begin_, nullptr) != nullptr) return;
    in_transaction_ = false;
    owed_ =
        send("COMMIT") && PQpipelineSync(connection_.get()) == 1 && PQflush(connection_.get()) >= 0;
    if (!owed_) broken_ = true;
}

void Connection::rollback() {
    pending_begin_ = nullptr;
    if (!std::exchange(in_transaction_, false) || !usable()) return;
    const Failure before = failure_;
    if (!send("ROLLBACK") || !finish("ROLLBACK")) broken_ = true;
    failure_ = before;
}

Result<> Connection::script(const std::string& sql) {
    PGconn* const connection = connection_.get();
    if (PQpipelineStatus(connection) != PQ_PIPELINE_OFF && PQexitPipelineMode(connection) != 1) {
        return no_answer("run script");
    }
    if (PQsendQuery(connection, sql.c_str()) != 1) return no_answer("run script");
    const Deadline until = std::min(deadline_, Steady::now() + statement_timeout_);
    Diagnosis worst;
    for (bool more = true; more;) {
        SW_TRY(const Answer answer, receive("run script", until));
        more = answer != nullptr;
        if (!more) break;
        const ExecStatusType status = PQresultStatus(answer.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            worst = diagnose(answer.get(), "run script");
        }
    }
    if (worst.failure != Failure::None) return failed(std::move(worst));
    if (PQenterPipelineMode(connection) != 1) return no_answer("run script");
    return {};
}

Result<std::int64_t> Connection::execute(std::string_view sql,
                                         std::span<const sql::Parameter> parameters,
                                         const EachRow& each) {
    if (!usable()) return no_answer(sql);
    if (std::exchange(owed_, false)) SW_CHECK(collect("COMMIT"));
    SW_CHECK(send_begin());
    SW_CHECK(send_statement(sql, parameters));
    SW_TRY(const Answer answer, finish(sql));
    prepared_.try_emplace(std::string(sql), std::move(last_name_));
    const int rows = PQntuples(answer.get());
    for (int i = 0; i < rows; ++i) {
        if (!each(ResultRow(answer.get(), i))) break;
    }
    return std::atoll(PQcmdTuples(answer.get()));
}

Result<> Connection::send_begin() {
    if (pending_begin_ == nullptr) return {};
    if (!send(std::exchange(pending_begin_, nullptr))) return no_answer("BEGIN");
    in_transaction_ = true;
    return {};
}

bool Connection::send(const char* command) {
    return PQsendQueryParams(connection_.get(), command, 0, nullptr, nullptr, nullptr, nullptr,
                             0) == 1;
}

Result<> Connection::send_statement(std::string_view sql,
                                    std::span<const sql::Parameter> parameters) {
    SW_TRY(const Values values, Values::of(parameters));
    PGconn* const connection = connection_.get();
    const auto known = prepared_.find(sql);
    const std::string name =
        known == prepared_.end() ? fmt::format("s{}", ++names_) : known->second;
    if (known == prepared_.end() &&
        PQsendPrepare(connection, name.c_str(), numbered(sql).c_str(), 0, nullptr) != 1) {
        return no_answer(sql);
    }
    last_name_ = name;
    if (PQsendQueryPrepared(connection, name.c_str(), values.count(), values.values(),
                            values.lengths(), values.formats(), 0) != 1) {
        return no_answer(sql);
    }
    return {};
}

/// Ends what was sent as one pipeline, and gives the last answer.
Result<Connection::Answer> Connection::finish(std::string_view doing) {
    if (PQpipelineSync(connection_.get()) != 1) return no_answer(doing);
    return collect(doing);
}

/// Every answer up to the end of the pipeline: the last one, or the first failure.
Result<Connection::Answer> Connection::collect(std::string_view doing) {
    const Deadline until = std::min(deadline_, Steady::now() + statement_timeout_);
    Answer last;
    Diagnosis first_failure;
    for (int ends = 0; ends < 2;) {
        SW_TRY(Answer answer, receive(doing, until));
        // Between two statements comes one empty answer; a second one means that none will follow.
        ends = answer ? 0 : ends + 1;
        if (!answer) continue;
        const ExecStatusType status = PQresultStatus(answer.get());
        if (status == PGRES_PIPELINE_SYNC) {
            if (first_failure.failure != Failure::None) return failed(std::move(first_failure));
            return last;
        }
        if (status == PGRES_PIPELINE_ABORTED) continue;
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            last = std::move(answer);
        } else if (first_failure.failure == Failure::None) {
            first_failure = diagnose(answer.get(), doing);
        }
    }
    if (first_failure.failure != Failure::None) return failed(std::move(first_failure));
    return no_answer(doing);
}

Result<Connection::Answer> Connection::receive(std::string_view doing, Deadline until) {
    PGconn* const connection = connection_.get();
    for (;;) {
        const int unsent = PQflush(connection);
        if (unsent < 0) return no_answer(doing);
        if (PQisBusy(connection) == 0) return Answer(PQgetResult(connection));
        if (!wait_for(PQsocket(connection), unsent > 0, until)) {
            broken_ = true;
            return failed(
                {Failure::Lost,
                 fail_unavailable("database", fmt::format("{}: no answer in time", doing), 2s)
                     .value()});
        }
        if (PQconsumeInput(connection) != 1) return no_answer(doing);
    }
}

tl::unexpected<Error> Connection::no_answer(std::string_view doing) {
    broken_ = true;
    return failed(lost(connection_.get(), doing));
}

tl::unexpected<Error> Connection::failed(Diagnosis diagnosis) {
    // After a statement's fault the ones behind it fail for no reason of their own.
    if (failure_ == Failure::None || diagnosis.failure == Failure::Lost) {
        failure_ = diagnosis.failure;
    }
    if (diagnosis.failure == Failure::Lost || diagnosis.failure == Failure::ReadOnly) {
        broken_ = true;
    }
    return tl::unexpected<Error>(std::move(diagnosis.error));
}

}  // namespace syncwatch::postgres
