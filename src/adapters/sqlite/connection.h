#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sqlite3.h>

#include "adapters/sql/connection.h"
#include "base/result.h"

namespace syncwatch::sqlite {

/// One SQLite connection with its prepared statements. Used by one thread at a time. Ids and
/// text are stored as TEXT, times as INTEGER µs since the epoch, booleans as 0 and 1.
///
/// Errors: Conflict (a constraint), Unavailable (component "database": busy, full, I/O; reason
/// "read_only" where the file cannot be written), Corrupt (not a database, malformed).
class Connection final : public sql::Connection {
public:
    enum class Mode : std::uint8_t { ReadWrite, ReadOnly };

    static Result<Connection> open(const std::string& path, Mode mode);

    /// Runs a script of several statements without parameters (schema, pragmas).
    Result<> script(const std::string& sql);
    /// For what only the engine's own interface can do.
    sqlite3* native() const { return db_.get(); }

protected:
    Result<std::int64_t> execute(std::string_view sql, std::span<const sql::Parameter> parameters,
                                 const EachRow& each) override;

private:
    struct CloseDatabase {
        void operator()(sqlite3* db) const;
    };
    struct FinalizeStatement {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    explicit Connection(sqlite3* db) : db_(db) {}

    Result<sqlite3_stmt*> prepared(std::string_view sql);
    Result<bool> step(sqlite3_stmt* statement);
    tl::unexpected<Error> last_error(std::string_view doing);

    std::unique_ptr<sqlite3, CloseDatabase> db_;
    std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, FinalizeStatement>> statements_;
};

}  // namespace syncwatch::sqlite
