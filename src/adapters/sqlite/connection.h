#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sqlite3.h>

#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"

namespace syncwatch::sqlite {

/// One row of a query, valid until the next step. Columns count from 0.
class Row {
public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    bool boolean(int column) const { return integer(column) != 0; }
    std::string text(int column) const;
    std::string blob(int column) const;
    WallTime time(int column) const { return from_micros(integer(column)); }
    /// A nil id when the column is null or is no UUID.
    template <class IdType>
    IdType id(int column) const {
        return IdType::parse(text(column)).value_or(IdType{});
    }
    template <class IdType>
    std::optional<IdType> optional_id(int column) const {
        if (is_null(column)) return std::nullopt;
        return id<IdType>(column);
    }
    std::optional<std::string> optional_text(int column) const {
        if (is_null(column)) return std::nullopt;
        return text(column);
    }
    std::optional<double> optional_real(int column) const {
        if (is_null(column)) return std::nullopt;
        return real(column);
    }
    std::optional<WallTime> optional_time(int column) const {
        if (is_null(column)) return std::nullopt;
        return time(column);
    }

private:
    sqlite3_stmt* statement_;
};

/// Binary data as a parameter or a column, where text would be taken as UTF-8.
struct Blob {
    std::string_view bytes;
};

/// One SQLite connection with its prepared statements. Used by one thread at a time. Ids and
/// text are stored as TEXT, times as INTEGER µs since the epoch, booleans as 0 and 1.
///
/// Errors: Conflict (a constraint), Unavailable (component "database": busy, full, I/O; reason
/// "read_only" where the file cannot be written), Corrupt (not a database, malformed).
class Connection {
public:
    enum class Mode : std::uint8_t { ReadWrite, ReadOnly };

    static Result<Connection> open(const std::string& path, Mode mode);

    /// Runs one statement that returns no rows; gives the number of rows changed.
    template <class... Args>
    Result<std::int64_t> run(std::string_view sql, const Args&... args) {
        SW_TRY(sqlite3_stmt * statement, prepared(sql));
        const Reset reset{statement};
        bind_all(statement, args...);
        SW_TRY([[maybe_unused]] const bool row, step(statement));
        return sqlite3_changes64(db_.get());
    }

    /// Every row, mapped: `query(sql, [](const Row& row) { return … }, args…)`.
    template <class Map, class... Args>
    auto query(std::string_view sql, Map map, const Args&... args)
        -> Result<std::vector<std::invoke_result_t<Map, const Row&>>> {
        SW_TRY(sqlite3_stmt * statement, prepared(sql));
        const Reset reset{statement};
        bind_all(statement, args...);
        std::vector<std::invoke_result_t<Map, const Row&>> rows;
        for (;;) {
            SW_TRY(const bool row, step(statement));
            if (!row) return rows;
            rows.push_back(map(Row(statement)));
        }
    }

    /// The first row, mapped, or nullopt.
    template <class Map, class... Args>
    auto query_one(std::string_view sql, Map map, const Args&... args)
        -> Result<std::optional<std::invoke_result_t<Map, const Row&>>> {
        SW_TRY(sqlite3_stmt * statement, prepared(sql));
        const Reset reset{statement};
        bind_all(statement, args...);
        SW_TRY(const bool row, step(statement));
        if (!row) return std::nullopt;
        return std::optional(map(Row(statement)));
    }

    /// Runs a script of several statements without parameters (schema, pragmas).
    Result<> script(const std::string& sql);

private:
    struct CloseDatabase {
        void operator()(sqlite3* db) const;
    };
    struct FinalizeStatement {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    /// Statements are kept; what they hold is let go as soon as a call is done.
    struct Reset {
        sqlite3_stmt* statement;
        ~Reset() {
            sqlite3_reset(statement);
            sqlite3_clear_bindings(statement);
        }
    };

    explicit Connection(sqlite3* db) : db_(db) {}

    Result<sqlite3_stmt*> prepared(std::string_view sql);
    Result<bool> step(sqlite3_stmt* statement);
    tl::unexpected<Error> last_error(std::string_view doing);

    template <class... Args>
    void bind_all([[maybe_unused]] sqlite3_stmt* statement, const Args&... args) {
        [[maybe_unused]] int index = 0;
        (bind(statement, ++index, args), ...);
    }
    static void bind(sqlite3_stmt* statement, int index, std::nullopt_t);
    static void bind(sqlite3_stmt* statement, int index, std::int64_t value);
    static void bind(sqlite3_stmt* statement, int index, int value) {
        bind(statement, index, std::int64_t{value});
    }
    static void bind(sqlite3_stmt* statement, int index, std::uint64_t value) {
        bind(statement, index, static_cast<std::int64_t>(value));
    }
    static void bind(sqlite3_stmt* statement, int index, bool value) {
        bind(statement, index, std::int64_t{value});
    }
    static void bind(sqlite3_stmt* statement, int index, double value);
    static void bind(sqlite3_stmt* statement, int index, std::string_view value);
    static void bind(sqlite3_stmt* statement, int index, const std::string& value) {
        bind(statement, index, std::string_view(value));
    }
    static void bind(sqlite3_stmt* statement, int index, const char* value) {
        bind(statement, index, std::string_view(value));
    }
    static void bind(sqlite3_stmt* statement, int index, Blob value);
    static void bind(sqlite3_stmt* statement, int index, WallTime value) {
        bind(statement, index, to_micros(value));
    }
    template <class Tag>
    static void bind(sqlite3_stmt* statement, int index, const Id<Tag>& value) {
        bind(statement, index, std::string_view(value.text()));
    }
    template <class T>
    static void bind(sqlite3_stmt* statement, int index, const std::optional<T>& value) {
        if (value) {
            bind(statement, index, *value);
        } else {
            bind(statement, index, std::nullopt);
        }
    }

    std::unique_ptr<sqlite3, CloseDatabase> db_;
    std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, FinalizeStatement>> statements_;
};

}  // namespace syncwatch::sqlite
