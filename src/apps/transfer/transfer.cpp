#include "apps/transfer/transfer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "adapters/postgres/migrate.h"
#include "adapters/sqlite/migrate.h"
#include "apps/transfer/cells.h"

namespace syncwatch::transfer {
namespace {

/// In an order in which whatever a row refers to is there before it. Notices, leases and what was
/// told are not moved: they are for servers that run now.
constexpr std::array<std::string_view, 25> kTables = {
    "installation", "objects",      "audit",         "users",         "sessions",
    "invitations",  "rooms",        "room_members",  "bans",          "room_messages",
    "room_queues",  "queue_items",  "queue_votes",   "room_playback", "videos",
    "renditions",   "audio_tracks", "subtitles",     "segments",      "uploads",
    "jobs",         "job_parts",    "part_segments", "doomed",        "left_behind"};

/// Rows that go in one statement: few enough for its parameters (65535), enough for speed.
constexpr std::int64_t kRowsAtOnce = 200;

struct Table {
    std::string name;
    std::vector<Column> columns;
    std::string order;  ///< Its primary key, for ORDER BY.
};

Form form_of(const std::string& type) {
    if (type == "INTEGER") return Form::Integer;
    if (type == "REAL") return Form::Real;
    if (type == "BLOB") return Form::Blob;
    return Form::Text;
}

Result<Table> describe(sqlite::Connection& from, std::string_view name) {
    struct Described {
        Column column;
        std::int64_t key = 0;  ///< Its place in the primary key, from 1; 0: not in it.
    };
    const auto map = [](const sql::Row& row) {
        return Described{{row.text(0), form_of(row.text(1))}, row.integer(2)};
    };
    SW_TRY(auto described, from.query("SELECT name, type, pk FROM pragma_table_info(?)"
                                      " ORDER BY cid",
                                      map, name));
    Table table;
    table.name = name;
    for (const Described& each : described) table.columns.push_back(each.column);
    std::ranges::sort(described, {}, &Described::key);
    for (const Described& each : described) {
        if (each.key == 0) continue;
        table.order.append(table.order.empty() ? "" : ", ").append(each.column.name);
    }
    return table;
}

std::string names_of(const Table& table) {
    std::string names;
    for (const Column& each : table.columns) {
        names.append(names.empty() ? "" : ", ").append(each.name);
    }
    return names;
}

/// "INSERT … VALUES (?, ?), (?, ?) RETURNING …": what was kept comes back in the same order.
std::string insert_of(const Table& table, std::size_t rows) {
    std::string one = "(";
    for (std::size_t i = 0; i < table.columns.size(); ++i) one.append(i == 0 ? "?" : ", ?");
    one += ")";
    const std::string names = names_of(table);
    std::string sql = fmt::format("INSERT INTO {} ({}) VALUES ", table.name, names);
    for (std::size_t i = 0; i < rows; ++i) sql.append(i == 0 ? "" : ", ").append(one);
    return sql + " RETURNING " + names;
}

/// Which row, by its first column: never a secret in these tables but for `installation`, whose
/// first column is a name.
std::string label_of(const Table& table, const Cells& row) {
    const auto* text = std::get_if<std::string>(&row.front());
    const auto* number = std::get_if<std::int64_t>(&row.front());
    const std::string key = text != nullptr     ? *text
                            : number != nullptr ? std::to_string(*number)
                                                : std::string("?");
    return fmt::format("{} {} = {}", table.name, table.columns.front().name, key);
}

Result<> put(postgres::Connection& to, const Table& table, const std::vector<Cells>& rows) {
    std::vector<sql::Parameter> parameters;
    for (const Cells& row : rows) {
        for (const Cell& cell : row) parameters.push_back(parameter_of(cell));
    }
    const auto map = [&](const sql::Row& row) { return read_cells(row, table.columns); };
    SW_TRY(const auto kept, to.query_with(insert_of(table, rows.size()), map, parameters));
    if (kept.size() != rows.size()) {
        return fail(ErrorCode::Corrupt, fmt::format("{}: {} rows were sent and {} kept", table.name,
                                                    rows.size(), kept.size()));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (kept[i] == rows[i]) continue;
        return fail(ErrorCode::Corrupt, "a row came out differently: " + label_of(table, rows[i]));
    }
    return {};
}

Result<MovedTable> move_table(sqlite::Connection& from, postgres::Connection& to,
                              const Table& table) {
    const auto map = [&](const sql::Row& row) { return read_cells(row, table.columns); };
    const std::string select = fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT ? OFFSET ?",
                                           names_of(table), table.name, table.order);
    MovedTable moved{table.name, 0};
    for (;;) {
        SW_TRY(const auto rows, from.query(select, map, kRowsAtOnce, moved.rows));
        if (rows.empty()) return moved;
        SW_CHECK(put(to, table, rows));
        moved.rows += static_cast<std::int64_t>(rows.size());
    }
}

Result<> check_empty(postgres::Connection& to) {
    for (const std::string_view name : kTables) {
        SW_TRY(const auto found, to.query_one(fmt::format("SELECT 1 FROM {} LIMIT 1", name),
                                              [](const sql::Row&) { return true; }));
        if (found) {
            return fail(ErrorCode::Conflict,
                        fmt::format("there is data in {} already ({})", to.place(), name),
                        "not_empty");
        }
    }
    return {};
}

Result<> check_schema(sqlite::Connection& from) {
    SW_TRY(const int version, sqlite::schema_version(from));
    const int newest = sqlite::schema().back().version;
    if (version == newest) return {};
    return fail(ErrorCode::Conflict,
                fmt::format("the database has schema {}, this program {}", version, newest),
                version < newest ? "older_schema" : "newer_schema");
}

/// Numbers that the database gives out go on behind the greatest that came.
Result<> continue_numbers(postgres::Connection& to) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kNumbered = {
        {{"audit", "id"}, {"queue_votes", "number"}}};
    for (const auto& [table, column] : kNumbered) {
        SW_CHECK(to.query_one(fmt::format("SELECT setval(pg_get_serial_sequence('{0}', '{1}'),"
                                          " coalesce(max({1}), 0) + 1, false) FROM {0}",
                                          table, column),
                              [](const sql::Row&) { return true; }));
    }
    return {};
}

Result<std::vector<MovedTable>> move_all(sqlite::Connection& from, postgres::Connection& to,
                                         const std::function<void(const MovedTable&)>& on_table) {
    SW_CHECK(check_empty(to));
    std::vector<MovedTable> all;
    for (const std::string_view name : kTables) {
        SW_TRY(const Table table, describe(from, name));
        auto moved = move_table(from, to, table);
        if (!moved) return fail(std::move(moved).error().within(name));
        if (on_table) on_table(*moved);
        all.push_back(*std::move(moved));
    }
    SW_CHECK(continue_numbers(to));
    return all;
}

}  // namespace

Result<std::vector<MovedTable>> move_installation(
    sqlite::Connection& from, postgres::Connection& to,
    const std::function<void(const MovedTable&)>& on_table) {
    SW_CHECK(check_schema(from));
    SW_CHECK(postgres::migrate(to));
    // Nobody writes to the source meanwhile.
    SW_CHECK(from.script("BEGIN IMMEDIATE"));
    to.begin(postgres::Connection::Mode::Write);
    auto moved = move_all(from, to, on_table);
    if (!moved) {
        to.rollback();
    } else if (auto done = to.commit(); !done) {
        moved = fail(std::move(done).error());
    }
    (void)from.script("ROLLBACK");
    return moved;
}

}  // namespace syncwatch::transfer
