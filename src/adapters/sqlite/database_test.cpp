#include "adapters/sqlite/database.h"

#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/sqlite/migrate.h"

namespace syncwatch::sqlite {
namespace {

class DatabaseTest : public testing::Test {
protected:
    DatabaseTest() {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::temp_directory_path() /
                  (std::string("syncwatch-db-") + info->name() + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
    }
    ~DatabaseTest() override { std::filesystem::remove_all(folder_); }

    std::unique_ptr<Database> open() {
        Database::Options options;
        options.path = path();
        auto database = Database::open(options);
        EXPECT_TRUE(database) << (database ? "" : database.error().message);
        return std::move(*database);
    }
    std::string path() const { return folder_ / "test.db"; }

    std::filesystem::path folder_;
};

Result<std::int64_t> count(sql::Connection& c) {
    SW_TRY(auto n,
           c.query_one("SELECT count(*) FROM t", [](const sql::Row& r) { return r.integer(0); }));
    return *n;
}

net::awaitable<void> fill(Database& db, int from, int to, int& failed) {
    for (int i = from; i < to; ++i) {
        auto insert = [i](sql::Connection& c) -> Result<std::int64_t> {
            SW_CHECK(c.run("INSERT INTO t VALUES(?)", i));
            if (i % 10 == 3) return fail(ErrorCode::Conflict, "every tenth is refused");
            return 1;
        };
        const auto done = co_await db.write(std::move(insert));
        if (!done) ++failed;
    }
}

net::awaitable<void> read_count(Database& db, std::int64_t& out) {
    auto work = [](sql::Connection& c) { return count(c); };
    const auto n = co_await db.read(std::move(work));
    out = n.value_or(-1);
}

net::awaitable<void> try_read(Database& db, int& failed) {
    auto slow = [](sql::Connection& c) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        return c.query_one("SELECT count(*) FROM t",
                           [](const sql::Row& row) { return row.integer(0); });
    };
    const auto read = co_await db.read(std::move(slow));
    if (!read) {
        EXPECT_EQ(read.error().component, "database");
        ++failed;
    }
}

TEST_F(DatabaseTest, ARefusedUnitLeavesNothingAndItsNeighboursStay) {
    auto db = open();
    net::io_context context(1);
    auto create = [](sql::Connection& c) { return c.run("CREATE TABLE t(i INTEGER PRIMARY KEY)"); };
    int failed = 0;
    std::int64_t seen = 0;
    net::co_spawn(context, db->write(std::move(create)), net::detached);
    for (int k = 0; k < 10; ++k) {
        net::co_spawn(context, fill(*db, k * 100, k * 100 + 100, failed), net::detached);
    }
    context.run();
    context.restart();
    net::co_spawn(context, read_count(*db, seen), net::detached);
    context.run();
    EXPECT_EQ(failed, 100);
    EXPECT_EQ(seen, 900);
}

TEST_F(DatabaseTest, UnitsAreTimedAndTooManyReadsAreRefused) {
    Database::Options options;
    options.path = path();
    options.max_queued_reads = 1;
    auto db = Database::open(options).value();
    net::io_context context(1);
    int failed = 0;
    auto create = [](sql::Connection& c) { return c.run("CREATE TABLE t(i INTEGER PRIMARY KEY)"); };
    net::co_spawn(context, db->write(std::move(create)), net::detached);
    context.run();
    context.restart();
    for (int i = 0; i < 200; ++i) net::co_spawn(context, try_read(*db, failed), net::detached);
    context.run();
    EXPECT_GT(failed, 0);
    EXPECT_EQ(db->queued_reads(), 0u);
    const auto writes = db->write_seconds().counts();
    const auto reads = db->read_seconds().counts();
    EXPECT_EQ(std::accumulate(writes.begin(), writes.end(), 0u), 1u);
    EXPECT_EQ(std::accumulate(reads.begin(), reads.end(), 0u),
              200u - static_cast<unsigned>(failed));
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsReportedAndLeftAsItIs) {
    { std::ofstream(path()) << std::string(4096, 'x'); }
    Database::Options options;
    options.path = path();
    const auto opened = Database::open(options);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    EXPECT_EQ(std::filesystem::file_size(path()), 4096u);
}

TEST_F(DatabaseTest, MigrationsApplyOnceAndANewerDatabaseIsRefused) {
    auto connection = Connection::open(path(), Connection::Mode::ReadWrite);
    ASSERT_TRUE(connection);
    const sql::Migration steps[] = {{1, "one", "CREATE TABLE a(x)"},
                                    {2, "two", "CREATE TABLE b(x)"}};
    EXPECT_EQ(migrate(*connection, steps)->size(), 2u);
    EXPECT_EQ(migrate(*connection, steps)->size(), 0u);
    const auto old_program = migrate(*connection, std::span(steps, 1));
    ASSERT_FALSE(old_program);
    EXPECT_EQ(old_program.error().code, ErrorCode::Conflict);
}

TEST_F(DatabaseTest, WhoeverMayNotMigrateIsToldThatTheSchemaIsOld) {
    Database::Options options;
    options.path = path();
    options.schema = sql::Schema::Require;
    EXPECT_TRUE(Database::open(options)) << "a new file gets the schema";
    {
        auto connection = Connection::open(path(), Connection::Mode::ReadWrite);
        ASSERT_TRUE(connection->script("PRAGMA user_version = 1"));
    }
    const auto refused = Database::open(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "older_schema");
}

TEST_F(DatabaseTest, AFailingMigrationLeavesTheSchemaAsItWas) {
    auto connection = Connection::open(path(), Connection::Mode::ReadWrite);
    const sql::Migration steps[] = {{1, "one", "CREATE TABLE a(x)"},
                                    {2, "two", "CREATE TABLE a(x)"}};
    EXPECT_FALSE(migrate(*connection, steps));
    EXPECT_EQ(*schema_version(*connection), 0);
}

}  // namespace
}  // namespace syncwatch::sqlite
