#pragma once
#include <memory>
#include <string>

#include "adapters/postgres/database.h"
#include "apps/lab/postgres_server.h"

namespace syncwatch {

/// The PostgreSQL of this test program: started when it is first asked for, gone with the program.
/// It does not wait for disks; a test that kills it makes one of its own.
lab::PostgresServer& shared_postgres();

/// A PostgreSQL database with the whole schema, of one test's own. One thread makes them.
class PostgresDatabase {
public:
    PostgresDatabase();
    PostgresDatabase(const PostgresDatabase&) = delete;
    PostgresDatabase& operator=(const PostgresDatabase&) = delete;
    ~PostgresDatabase();

    sql::Database& get() { return *database_; }
    postgres::Database& postgres() { return *database_; }
    const std::string& url() const { return url_; }

private:
    std::string url_;
    std::unique_ptr<postgres::Database> database_;
};

/// An empty database on the shared server; gives its URL.
std::string empty_postgres_database();

}  // namespace syncwatch
