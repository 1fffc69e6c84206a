#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "adapters/postgres/failure.h"
#include "adapters/postgres/settings.h"
#include "adapters/sql/connection.h"

namespace syncwatch::postgres {

/// One connection with its prepared statements; blocks its thread, never longer than its limits.
/// Once usable() is false it stays so: open another one.
class Connection final : public sql::Connection {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    enum class Mode : std::uint8_t {
        Write,  ///< Serializable: as if units ran one after the other.
        Read,   ///< One state of the database, and nothing can be changed.
    };

    /// Looks for a server that takes writes. Errors: Unavailable (reason "read_only": there are
    /// servers, and none takes writes).
    static Result<std::unique_ptr<Connection>> open(const Settings& settings);

    /// The transaction begins with the first statement, in the same round trip.
    void begin(Mode mode);
    /// When it fails with failure() Lost, the effects are unknown.
    Result<> commit();
    /// Ends a transaction that only read, without waiting for the answer.
    void end_read();
    void rollback();
    /// Runs several statements without parameters, outside of begin() and commit().
    Result<> script(const std::string& sql);

    /// The worst since begin().
    Failure failure() const { return failure_; }
    bool usable() const;
    /// No answer is waited for beyond it; the statement's own limit stands beside it.
    void give_up_at(Deadline deadline) { deadline_ = deadline; }
    /// "HOST:PORT/DATABASE", for people.
    std::string place() const;

protected:
    Result<std::int64_t> execute(std::string_view sql, std::span<const sql::Parameter> parameters,
                                 const EachRow& each) override;

private:
    struct Finish {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };
    struct Clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    using Answer = std::unique_ptr<PGresult, Clear>;

    Connection(PGconn* connection, const Settings& settings)
        : connection_(connection), statement_timeout_(settings.statement_timeout) {}

    Result<> prepare_session(const Settings& settings);
    Result<> send_begin();
    bool send(const char* command);
    Result<> send_statement(std::string_view sql, std::span<const sql::Parameter> parameters);
    Result<Answer> finish(std::string_view doing);
    Result<Answer> receive(std::string_view doing, Deadline until);
    Result<Answer> collect(std::string_view doing);
    tl::unexpected<Error> failed(Diagnosis diagnosis);
    tl::unexpected<Error> no_answer(std::string_view doing);

    std::unique_ptr<PGconn, Finish> connection_;
    const std::chrono::milliseconds statement_timeout_;
    /// Statements that the server knows, and under which name. One that failed may be known or not:
    /// its name is not used again.
    std::map<std::string, std::string, std::less<>> prepared_;
    std::string last_name_;
    int names_ = 0;
    Deadline deadline_ = Deadline::max();
    Failure failure_ = Failure::None;
    const char* pending_begin_ = nullptr;
    bool in_transaction_ = false;
    bool owed_ = false;  ///< The answer to end_read() has not been taken yet.
    bool broken_ = false;
};

}  // namespace syncwatch::postgres
