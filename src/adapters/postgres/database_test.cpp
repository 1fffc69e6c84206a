#include "adapters/postgres/database.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/postgres_database.h"
#include "harness/temp_folder.h"

namespace syncwatch::postgres {
namespace {

using namespace std::chrono_literals;

Result<std::int64_t> number_in(sql::Connection& db, std::string_view key) {
    SW_TRY(const auto value, db.query_one(
                                 "SELECT value FROM installation WHERE key = ?",
                                 [](const sql::Row& row) { return std::stoll(row.text(0)); }, key));
    return value.value_or(0);
}

/// Reads a number and writes it back greater by one: loses counts unless units run as if alone.
Result<std::int64_t> count_up(sql::Connection& db, std::string_view key) {
    SW_TRY(const auto before, number_in(db, key));
    SW_CHECK(
        db.run("INSERT INTO installation (key, value) VALUES (?, ?)"
               " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
               key, std::to_string(before + 1)));
    return before + 1;
}

Async<std::int64_t> count(sql::Database& database) {
    auto work = [](sql::Connection& db) { return count_up(db, "n"); };
    co_return co_await database.write(std::move(work));
}

Async<std::int64_t> read_count(sql::Database& database) {
    auto work = [](sql::Connection& db) { return number_in(db, "n"); };
    co_return co_await database.read(std::move(work));
}

net::awaitable<void> count_many(sql::Database& database, int times, int& counted) {
    for (int i = 0; i < times; ++i) {
        if (co_await count(database)) ++counted;
    }
}

TEST(PostgresDatabaseTest, UnitsRunAsIfEachWereAlone) {
    PostgresDatabase made;
    net::io_context context(1);
    int counted = 0;
    for (int i = 0; i < 8; ++i) {
        net::co_spawn(context, count_many(made.get(), 25, counted), net::detached);
    }
    context.run();
    EXPECT_EQ(counted, 200);
    EXPECT_EQ(run_to_end(read_count(made.get())).value(), counted);
    EXPECT_GT(made.postgres().counts().run_again, 0U) << "they were in each other's way";
}

TEST(PostgresDatabaseTest, ARefusedUnitLeavesNothing) {
    PostgresDatabase made;
    auto refused = [](sql::Connection& db) -> Result<> {
        SW_CHECK(count_up(db, "n"));
        return fail(ErrorCode::Forbidden, "not this one");
    };
    EXPECT_EQ(run_to_end(made.get().write(std::move(refused))).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(run_to_end(read_count(made.get())).value(), 0);
}

TEST(PostgresDatabaseTest, ALostConnectionIsReplacedBeforeAnybodyHearsOfIt) {
    PostgresDatabase made;
    ASSERT_TRUE(run_to_end(count(made.get())));
    for (int i = 1; i <= 5; ++i) {
        ASSERT_TRUE(
            shared_postgres().sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                  " WHERE application_name = 'syncwatch'"));
        EXPECT_EQ(run_to_end(count(made.get())).value(), i + 1);
    }
}

TEST(PostgresDatabaseTest, ReadOnlyIsSaidAndPassesWithoutARestart) {
    PostgresDatabase made;
    ASSERT_TRUE(run_to_end(count(made.get())));
    const std::string name = made.url().substr(made.url().rfind('/') + 1);
    const std::string end_sessions =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'";
    ASSERT_TRUE(shared_postgres().sql("ALTER DATABASE " + name +
                                      " SET default_transaction_read_only = on"));
    ASSERT_TRUE(shared_postgres().sql(end_sessions));
    const auto refused = run_to_end(count(made.get()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "read_only");
    ASSERT_TRUE(
        shared_postgres().sql("ALTER DATABASE " + name + " RESET default_transaction_read_only"));
    EXPECT_EQ(run_to_end(count(made.get())).value(), 2);
}

class KilledPostgresTest : public testing::Test {
protected:
    KilledPostgresTest() {
        lab::PostgresServer::Options options;
        options.folder = folder_.path();
        server = lab::PostgresServer::make(std::move(options)).value();
        Database::Options wanted;
        wanted.settings.url = server->url();
        wanted.settings.statement_timeout = 1s;
        wanted.connections = 4;
        wanted.unit_timeout = 4s;
        database = Database::open(std::move(wanted)).value();
    }

    TempFolder folder_;
    std::unique_ptr<lab::PostgresServer> server;
    std::unique_ptr<Database> database;
};

TEST_F(KilledPostgresTest, WhatWasAcknowledgedIsThereAfterKillNine) {
    std::int64_t acknowledged = 0;
    for (int i = 0; i < 50; ++i) {
        const auto done = run_to_end(count(*database));
        ASSERT_TRUE(done) << done.error().message;
        acknowledged = *done;
    }
    server->kill();
    const auto away = run_to_end(count(*database));
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(away.error().component, "database");
    EXPECT_GT(away.error().retry_after, 0s);
    const auto started = server->start();
    ASSERT_TRUE(started) << started.error().message;
    Result<std::int64_t> back = fail(ErrorCode::Internal, "not asked yet");
    for (int i = 0; i < 1000 && !back; ++i) back = run_to_end(read_count(*database));
    EXPECT_EQ(back.value(), acknowledged);
}

TEST_F(KilledPostgresTest, AServerThatHangsIsGivenUpAndThenRefusedAtOnce) {
    ASSERT_TRUE(run_to_end(count(*database)));
    server->hang();
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 50 && database->breaker().closed(); ++i) {
        EXPECT_FALSE(run_to_end(count(*database)));
    }
    EXPECT_FALSE(database->breaker().closed());
    // Not a figure: the limits above allow it some seconds, and a hang would be for ever.
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 60s);
    server->wake();
    Result<std::int64_t> back = fail(ErrorCode::Internal, "not asked yet");
    for (int i = 0; i < 100'000 && !back; ++i) back = run_to_end(count(*database));
    EXPECT_TRUE(back) << back.error().message;
    EXPECT_TRUE(database->breaker().closed());
}

TEST(PostgresDatabaseTest, UnitsBeyondTheQueueAreRefused) {
    Database::Options options;
    options.settings.url = empty_postgres_database();
    options.connections = 1;
    options.max_queued = 2;
    auto database = Database::open(options).value();
    net::io_context context(1);
    int counted = 0;
    auto slow = [](sql::Connection& db) { return db.run("SELECT pg_sleep(0.2)"); };
    net::co_spawn(context, database->read(std::move(slow)), net::detached);
    for (int i = 0; i < 20; ++i) {
        net::co_spawn(context, count_many(*database, 1, counted), net::detached);
    }
    context.run();
    EXPECT_GE(counted, 1);
    EXPECT_LT(counted, 20);
}

TEST(PostgresDatabaseTest, NobodyThereIsAnErrorAtTheStart) {
    Database::Options options;
    options.settings.url = "postgres://127.0.0.1:1/absent";
    const auto refused = Database::open(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(refused.error().component, "database");
}

}  // namespace
}  // namespace syncwatch::postgres
