#include "adapters/postgres/connection.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "adapters/postgres/migrate.h"
#include "apps/lab/postgres_server.h"
#include "harness/certificate.h"
#include "harness/postgres_database.h"
#include "harness/temp_folder.h"

namespace syncwatch::postgres {
namespace {

using namespace std::chrono_literals;

class ConnectionTest : public testing::Test {
protected:
    Connection& connect(Settings settings) {
        auto opened = Connection::open(settings);
        if (!opened) throw std::runtime_error(opened.error().message);
        connection_ = *std::move(opened);
        return *connection_;
    }
    Connection& connect() {
        Settings settings;
        settings.url = empty_postgres_database();
        return connect(settings);
    }

    std::unique_ptr<Connection> connection_;
};

TEST_F(ConnectionTest, ValuesComeBackAsTheyWereGiven) {
    Connection& db = connect();
    ASSERT_TRUE(
        db.script("CREATE TABLE t (n BIGINT, x DOUBLE PRECISION, yes BOOLEAN, words TEXT,"
                  " bytes BYTEA, id UUID, nothing TEXT)"));
    const std::string bytes("\0\xff\\x'", 5);
    const auto id = *UserId::parse("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
    db.begin(Connection::Mode::Write);
    ASSERT_TRUE(db.run("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", INT64_MIN, 0.1, true,
                       "naïve 🔥 'quoted'", sql::Blob{bytes}, id, std::optional<std::string>()));
    ASSERT_TRUE(db.commit());
    db.begin(Connection::Mode::Read);
    const auto same = db.query_one("SELECT n, x, yes, words, bytes, id, nothing FROM t",
                                   [&](const sql::Row& row) {
                                       EXPECT_EQ(row.integer(0), INT64_MIN);
                                       EXPECT_EQ(row.real(1), 0.1);
                                       EXPECT_TRUE(row.boolean(2));
                                       EXPECT_EQ(row.text(3), "naïve 🔥 'quoted'");
                                       EXPECT_EQ(row.blob(4), bytes);
                                       EXPECT_EQ(row.id<UserId>(5), id);
                                       EXPECT_TRUE(row.is_null(6));
                                       return true;
                                   });
    db.end_read();
    EXPECT_TRUE(same.value_or(std::nullopt).has_value());
}

TEST_F(ConnectionTest, ATextWithANulIsRefusedAndNotCut) {
    Connection& db = connect();
    ASSERT_TRUE(db.script("CREATE TABLE t (words TEXT)"));
    db.begin(Connection::Mode::Write);
    const auto refused = db.run("INSERT INTO t VALUES (?)", std::string("a\0b", 3));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    db.rollback();
    EXPECT_TRUE(db.usable());
}

TEST_F(ConnectionTest, WhatFailsSaysWhyWithoutItsValues) {
    Connection& db = connect();
    ASSERT_TRUE(db.script("CREATE TABLE t (id BIGINT PRIMARY KEY, words TEXT NOT NULL)"));
    struct Row {
        const char* what;
        const char* sql;
        ErrorCode code;
        Failure failure;
    };
    const Row rows[] = {
        {"a key that is there", "INSERT INTO t VALUES (1, ?)", ErrorCode::Conflict,
         Failure::Unique},
        {"a constraint", "INSERT INTO t SELECT 2, NULL WHERE ? <> ''", ErrorCode::Conflict,
         Failure::Statement},
        {"no such table", "INSERT INTO absent VALUES (?)", ErrorCode::Internal, Failure::Statement},
    };
    ASSERT_TRUE(db.script("INSERT INTO t VALUES (1, 'one')"));
    for (const Row& row : rows) {
        SCOPED_TRACE(row.what);
        db.begin(Connection::Mode::Write);
        const auto failed = db.run(row.sql, "s3cret");
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().code, row.code);
        EXPECT_EQ(db.failure(), row.failure);
        EXPECT_EQ(failed.error().message.find("s3cret"), std::string::npos);
        db.rollback();
        EXPECT_TRUE(db.usable());
    }
    db.begin(Connection::Mode::Read);
    const auto written = db.run("INSERT INTO t VALUES (3, ?)", "three");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().reason, "read_only");
}

TEST_F(ConnectionTest, AStatementThatTakesTooLongEndsAndTheConnectionStays) {
    Settings settings;
    settings.url = empty_postgres_database();
    settings.statement_timeout = 500ms;
    Connection& db = connect(settings);
    db.begin(Connection::Mode::Read);
    const auto slow = db.run("SELECT pg_sleep(60)");
    ASSERT_FALSE(slow);
    EXPECT_EQ(slow.error().code, ErrorCode::Unavailable);
    db.rollback();
    EXPECT_TRUE(db.usable());
    db.begin(Connection::Mode::Read);
    EXPECT_TRUE(db.run("SELECT 1"));
    db.end_read();
}

TEST_F(ConnectionTest, AStandbyAloneIsSaidToBeReadOnly) {
    const std::string url = empty_postgres_database();
    const std::string name = url.substr(url.rfind('/') + 1);
    ASSERT_TRUE(shared_postgres().sql("ALTER DATABASE " + name +
                                      " SET default_transaction_read_only = on"));
    Settings settings;
    settings.url = url;
    const auto refused = Connection::open(settings);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(refused.error().reason, "read_only");
    EXPECT_EQ(refused.error().component, "database");
}

TEST_F(ConnectionTest, TheHostThatTakesWritesIsFoundAmongSeveral) {
    const std::string url = empty_postgres_database();
    const std::string name = url.substr(url.rfind('/') + 1);
    Settings settings;
    settings.url =
        "postgres://postgres@127.0.0.1:1,127.0.0.1:" + std::to_string(shared_postgres().port()) +
        "/" + name;
    EXPECT_NE(connect(settings).place().find(std::to_string(shared_postgres().port())),
              std::string::npos);
}

TEST_F(ConnectionTest, ThePasswordIsAskedForAtEachConnection) {
    const std::string url = empty_postgres_database();
    int asked = 0;
    Settings settings;
    settings.url = url;
    settings.password = [&asked] { return "password " + std::to_string(++asked); };
    connect(settings);
    connect(settings);
    EXPECT_EQ(asked, 2);
}

TEST_F(ConnectionTest, ACertificateThatHasEndedIsRefusedWithAWayToSeeIt) {
    const TempFolder folder;
    const auto made = harness::make_certificate(folder.path(), "films", harness::Validity::Expired);
    ASSERT_EQ(::chmod(made.key.c_str(), 0600), 0);
    const auto server = lab::PostgresServer::make(
        {folder.path(), fmt::format("ssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'",
                                    made.certificate.string(), made.key.string())});
    ASSERT_TRUE(server) << server.error().message;
    Settings settings;
    settings.url = fmt::format("{}?sslmode=verify-full&sslrootcert={}", (*server)->url(),
                               made.certificate.string());
    const auto refused = Connection::open(settings);
    ASSERT_FALSE(refused);
    const std::string& why = refused.error().message;
    EXPECT_NE(why.find("certificate verify failed (it has ended"), std::string::npos) << why;
    EXPECT_NE(why.find(fmt::format("-starttls postgres -connect 127.0.0.1:{}", (*server)->port())),
              std::string::npos)
        << why;
}

TEST_F(ConnectionTest, MigrationsApplyOnceAndANewerDatabaseIsRefused) {
    Connection& db = connect();
    const sql::Migration steps[] = {{1, "one", "CREATE TABLE a (x INT)"},
                                    {2, "two", "CREATE TABLE b (x INT)"}};
    EXPECT_EQ(migrate(db, std::span(steps, 1)).value(), std::vector<std::string>{"one"});
    EXPECT_EQ(migrate(db, steps).value(), std::vector<std::string>{"two"});
    EXPECT_TRUE(migrate(db, steps).value().empty());
    EXPECT_EQ(schema_version(db).value(), 2);
    const auto refused = migrate(db, std::span(steps, 1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "newer_schema");
    EXPECT_NE(refused.error().message.find("schema 2"), std::string::npos);
}

TEST_F(ConnectionTest, AFailingMigrationLeavesTheSchemaAsItWas) {
    Connection& db = connect();
    const sql::Migration steps[] = {{1, "one", "CREATE TABLE a (x INT)"},
                                    {2, "two", "CREATE TABLE a (x INT)"}};
    EXPECT_FALSE(migrate(db, steps));
    EXPECT_EQ(schema_version(db).value(), 0);
    EXPECT_EQ(migrate(db, std::span(steps, 1)).value(), std::vector<std::string>{"one"});
}

TEST_F(ConnectionTest, NodesThatStartAtOnceMigrateOnce) {
    Settings settings;
    settings.url = empty_postgres_database();
    std::vector<std::thread> nodes;
    std::atomic<std::size_t> applied{0};
    std::atomic<int> failed{0};
    for (int i = 0; i < 6; ++i) {
        nodes.emplace_back([&] {
            auto db = Connection::open(settings);
            const auto done =
                db ? migrate(**db)
                   : Result<std::vector<std::string>>(tl::unexpected<Error>(db.error()));
            if (!done) ++failed;
            if (done) applied += done->size();
        });
    }
    for (std::thread& each : nodes) each.join();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(applied, schema().size());
}

}  // namespace
}  // namespace syncwatch::postgres
