#include "apps/command/move.h"

#include <filesystem>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "adapters/postgres/connection.h"
#include "adapters/sqlite/connection.h"
#include "apps/doctor/looks.h"
#include "apps/node/powers.h"
#include "apps/transfer/transfer.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

/// The settings with the databases of the command line in their places. Errors: Usage.
Outcome<config::Settings> settings_for(const Invocation& invocation, const Move& move) {
    constexpr std::string_view kSqlite = "sqlite:";
    config::Settings settings = invocation.settings;
    if (!move.from.starts_with(kSqlite) || move.from.size() == kSqlite.size()) {
        return give_up(Exit::Usage, "usage", "--from is no sqlite:FILE",
                       "Name the file of the embedded database: the data folder's syncwatch.db.");
    }
    if (!postgres::is_url(move.to)) {
        return give_up(Exit::Usage, "usage", "--to is no PostgreSQL",
                       "Write it as postgres://USER@HOST/DATABASE.");
    }
    settings.storage.database = move.from.substr(kSqlite.size());
    settings.postgres.url = move.to;
    std::error_code failed;
    if (!fs::is_regular_file(settings.storage.database, failed)) {
        return give_up(Exit::Refused, "not_found",
                       fmt::format("there is no file {}", settings.storage.database.string()),
                       "It is the syncwatch.db in the data folder of the installation.");
    }
    return settings;
}

/// What a running server writes while it is copied would be lost.
Outcome<> check_stopped(const config::Settings& settings) {
    config::Settings beside = settings;
    beside.data.dir = settings.storage.database.parent_path();
    if (!is_served(settings) && !is_served(beside)) return {};
    return give_up(Exit::Locked, "data_folder_in_use", "a server runs on that installation",
                   "Stop it first: what it writes meanwhile would be lost.");
}

Outcome<> failed(const Error& error) {
    return tl::unexpected<Failure>(failure_of(error));
}

}  // namespace

Outcome<> run_move(Invocation& invocation, const Move& move) {
    auto settings = settings_for(invocation, move);
    if (!settings) return tl::unexpected<Failure>(settings.error());
    if (auto stopped = check_stopped(*settings); !stopped) return stopped;
    auto from =
        sqlite::Connection::open(settings->storage.database, sqlite::Connection::Mode::ReadWrite);
    if (!from) return failed(from.error());
    auto to = postgres::Connection::open(postgres_settings(*settings));
    if (!to) return failed(to.error());

    boost::json::object tables;
    std::int64_t rows = 0;
    const auto on_table = [&](const transfer::MovedTable& table) {
        if (!invocation.out.json()) fmt::print(stderr, "{:14} {}\n", table.name, table.rows);
        tables[table.name] = table.rows;
        rows += table.rows;
    };
    const auto moved = transfer::move_installation(*from, **to, on_table);
    if (!moved) return failed(moved.error());
    invocation.out.line(fmt::format("moved {} rows to {}, each compared with what was kept of it",
                                    rows, (*to)->place()));
    invocation.out.line(
        "Next: set database.url to it, keep the data folder (films lie in it), and "
        "start the server.");
    invocation.out.set("rows", rows);
    invocation.out.set("tables", std::move(tables));
    return {};
}

}  // namespace syncwatch::apps
