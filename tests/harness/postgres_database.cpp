#include "harness/postgres_database.h"

#include <atomic>
#include <vector>

#include <fmt/ranges.h>

#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

struct SharedPostgres {
    SharedPostgres() {
        lab::PostgresServer::Options options;
        options.folder = folder.path();
        options.extra = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off";
        server = must(lab::PostgresServer::make(std::move(options)));
    }

    TempFolder folder;
    std::unique_ptr<lab::PostgresServer> server;
};

std::string next_name() {
    static std::atomic<int> next{0};
    return "test_" + std::to_string(next++);
}

/// Databases that tests are through with. Emptying one is quicker than making one.
std::vector<std::string>& used_databases() {
    static std::vector<std::string> used;
    return used;
}

void empty_tables(postgres::Connection& connection) {
    auto tables =
        must(connection.query("SELECT quote_ident(tablename) FROM pg_tables WHERE"
                              " schemaname = 'public' AND tablename <> 'schema_steps'",
                              [](const sql::Row& row) { return row.text(0); }));
    must(connection.script(
        fmt::format("TRUNCATE {} RESTART IDENTITY CASCADE", fmt::join(tables, ", "))));
}

}  // namespace

lab::PostgresServer& shared_postgres() {
    static SharedPostgres shared;
    return *shared.server;
}

std::string empty_postgres_database() {
    const std::string name = next_name();
    must(shared_postgres().create_database(name));
    return shared_postgres().url(name);
}

PostgresDatabase::PostgresDatabase() {
    postgres::Database::Options options;
    options.connections = 4;
    auto& used = used_databases();
    if (used.empty()) {
        options.settings.url = empty_postgres_database();
    } else {
        options.settings.url = used.back();
        used.pop_back();
        empty_tables(*must(postgres::Connection::open(options.settings)));
    }
    url_ = options.settings.url;
    database_ = must(postgres::Database::open(std::move(options)));
}

PostgresDatabase::~PostgresDatabase() {
    database_.reset();
    used_databases().push_back(url_);
}

}  // namespace syncwatch
