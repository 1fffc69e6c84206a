#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "adapters/sql/row.h"
#include "adapters/sql/value.h"
#include "base/result.h"

namespace syncwatch::sql {

/// What a unit of work sees of a database: SQL that SQLite and PostgreSQL both understand, with
/// parameters as `?` or `?1`. Used by one thread at a time.
///
/// The common ground: `CASE` for `iif`, TRUE and FALSE for flags (as parameters: bool), columns
/// named with their table in `ON CONFLICT … DO UPDATE`, no statement after one that failed.
///
/// Errors: Conflict (a constraint), Unavailable (component "database"; reason "read_only" where it
/// cannot be written to), Corrupt.
class Connection {
public:
    virtual ~Connection() = default;

    /// Runs one statement that returns no rows; gives the number of rows changed.
    template <class... Args>
    Result<std::int64_t> run(std::string_view sql, const Args&... args) {
        const std::array<Parameter, sizeof...(Args)> parameters{parameter(args)...};
        return execute(sql, parameters, [](const Row&) { return false; });
    }

    /// Every row, mapped: `query(sql, [](const Row& row) { return … }, args…)`.
    template <class Map, class... Args>
    auto query(std::string_view sql, Map map, const Args&... args)
        -> Result<std::vector<std::invoke_result_t<Map, const Row&>>> {
        const std::array<Parameter, sizeof...(Args)> parameters{parameter(args)...};
        return query_with(sql, std::move(map), parameters);
    }

    /// The same with as many parameters as there are.
    template <class Map>
    auto query_with(std::string_view sql, Map map, std::span<const Parameter> parameters)
        -> Result<std::vector<std::invoke_result_t<Map, const Row&>>> {
        std::vector<std::invoke_result_t<Map, const Row&>> rows;
        SW_CHECK(execute(sql, parameters, [&](const Row& row) {
            rows.push_back(map(row));
            return true;
        }));
        return rows;
    }

    /// The first row, mapped, or nullopt.
    template <class Map, class... Args>
    auto query_one(std::string_view sql, Map map, const Args&... args)
        -> Result<std::optional<std::invoke_result_t<Map, const Row&>>> {
        std::optional<std::invoke_result_t<Map, const Row&>> first;
        const std::array<Parameter, sizeof...(Args)> parameters{parameter(args)...};
        SW_CHECK(execute(sql, parameters, [&](const Row& row) {
            first.emplace(map(row));
            return false;
        }));
        return first;
    }

protected:
    /// Looks at a row; false: no more of them.
    using EachRow = std::function<bool(const Row&)>;

    /// Runs one statement; gives the number of rows changed, if it changes any.
    virtual Result<std::int64_t> execute(std::string_view sql,
                                         std::span<const Parameter> parameters,
                                         const EachRow& each) = 0;
};

}  // namespace syncwatch::sql
