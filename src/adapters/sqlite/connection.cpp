#include "adapters/sqlite/connection.h"

#include <fmt/format.h>

namespace syncwatch::sqlite {

namespace {

class StatementRow final : public sql::Row {
public:
    explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}

    bool is_null(int column) const override {
        return sqlite3_column_type(statement_, column) == SQLITE_NULL;
    }
    std::int64_t integer(int column) const override {
        return sqlite3_column_int64(statement_, column);
    }
    double real(int column) const override { return sqlite3_column_double(statement_, column); }
    bool boolean(int column) const override { return integer(column) != 0; }
    std::string text(int column) const override {
        return bytes(sqlite3_column_text(statement_, column), column);
    }
    std::string blob(int column) const override {
        return bytes(sqlite3_column_blob(statement_, column), column);
    }

private:
    /// How many there are is known only after they were asked for in their form.
    std::string bytes(const void* first, int column) const {
        if (first == nullptr) return {};
        return {static_cast<const char*>(first),
                static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

    sqlite3_stmt* statement_;
};

/// Statements are kept; what they hold is let go as soon as a call is done.
struct Reset {
    sqlite3_stmt* statement;
    ~Reset() {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};

/// Binds one parameter. Its bytes outlive the call, but not the statement: Reset unbinds them.
struct Bind {
    sqlite3_stmt* statement;
    int index;

    void operator()(sql::Null) const { sqlite3_bind_null(statement, index); }
    void operator()(std::int64_t value) const { sqlite3_bind_int64(statement, index, value); }
    void operator()(double value) const { sqlite3_bind_double(statement, index, value); }
    void operator()(bool value) const { sqlite3_bind_int64(statement, index, value ? 1 : 0); }
    void operator()(std::string_view value) const {
        sqlite3_bind_text64(statement, index, value.data(), value.size(), SQLITE_STATIC,
                            SQLITE_UTF8);
    }
    void operator()(const std::string& value) const { (*this)(std::string_view(value)); }
    void operator()(sql::Blob value) const {
        sqlite3_bind_blob64(statement, index, value.bytes.data(), value.bytes.size(),
                            SQLITE_STATIC);
    }
};

}  // namespace

void Connection::CloseDatabase::operator()(sqlite3* db) const {
    sqlite3_close_v2(db);
}

namespace {

tl::unexpected<Error> read_only(std::string message) {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.message = std::move(message);
    error.reason = "read_only";
    error.component = "database";
    error.retry_after = std::chrono::seconds(30);
    return fail(std::move(error));
}

}  // namespace

Result<Connection> Connection::open(const std::string& path, Mode mode) {
    const int flags = (mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY
                                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
    Connection connection(db);
    if (code != SQLITE_OK) return connection.last_error("open " + path);
    sqlite3_busy_timeout(db, 5000);
    // FULL: a commit that was answered survives a power cut (WAL's NORMAL may lose the last ones).
    auto ready = connection.script(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
        "PRAGMA cache_size = -8000; PRAGMA trusted_schema = OFF;");
    if (!ready) return fail(std::move(ready).error().within(path));
    // SQLite falls back to reading where it may not write, and says so at the first write only.
    if (mode == Mode::ReadWrite && sqlite3_db_readonly(db, "main") == 1) {
        return read_only(path + ": the file is readonly");
    }
    return connection;
}

Result<> Connection::script(const std::string& sql) {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return last_error("run script");
    }
    return {};
}

Result<sqlite3_stmt*> Connection::prepared(std::string_view sql) {
    const auto found = statements_.find(std::string(sql));
    if (found != statements_.end()) return found->second.get();
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        return last_error(fmt::format("prepare \"{}\"", sql));
    }
    statements_.emplace(sql, statement);
    return statement;
}

Result<bool> Connection::step(sqlite3_stmt* statement) {
    switch (sqlite3_step(statement)) {
        case SQLITE_ROW: return true;
        case SQLITE_DONE: return false;
        default: return last_error(fmt::format("run \"{}\"", sqlite3_sql(statement)));
    }
}

// The statement's text is logged, its values never: they may be secrets.
tl::unexpected<Error> Connection::last_error(std::string_view doing) {
    using namespace std::chrono_literals;
    const int code = sqlite3_extended_errcode(db_.get());
    const std::string message = fmt::format("{}: {} ({})", doing, sqlite3_errmsg(db_.get()), code);
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT: return fail(ErrorCode::Conflict, message);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return fail(ErrorCode::Corrupt, message);
        case SQLITE_READONLY: return read_only(message);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN: return fail_unavailable("database", message, 5s);
        default: return fail(ErrorCode::Internal, message);
    }
}

Result<std::int64_t> Connection::execute(std::string_view sql,
                                         std::span<const sql::Parameter> parameters,
                                         const EachRow& each) {
    SW_TRY(sqlite3_stmt * statement, prepared(sql));
    const Reset reset{statement};
    int index = 0;
    for (const sql::Parameter& value : parameters) std::visit(Bind{statement, ++index}, value);
    const StatementRow row(statement);
    for (bool more = true; more;) {
        SW_TRY(const bool there, step(statement));
        more = there && each(row);
    }
    return sqlite3_changes64(db_.get());
}

}  // namespace syncwatch::sqlite
