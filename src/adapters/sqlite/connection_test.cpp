#include "adapters/sqlite/connection.h"

#include <gtest/gtest.h>

namespace syncwatch::sqlite {
namespace {

Connection memory() {
    auto connection = Connection::open(":memory:", Connection::Mode::ReadWrite);
    EXPECT_TRUE(connection);
    EXPECT_TRUE(connection->script("CREATE TABLE t(id TEXT PRIMARY KEY, n INTEGER, x REAL)"));
    return std::move(*connection);
}

TEST(ConnectionTest, ValuesComeBackAsTheyWent) {
    Connection db = memory();
    const std::string with_nul("a\0b", 3);
    ASSERT_TRUE(db.run("INSERT INTO t VALUES(?, ?, ?)", with_nul, std::int64_t{1} << 53, 0.1));
    const auto row = db.query_one("SELECT id, n, x FROM t", [](const sql::Row& r) {
        return std::tuple(r.text(0), r.integer(1), r.real(2));
    });
    ASSERT_TRUE(row && *row);
    EXPECT_EQ(**row, std::tuple(with_nul, std::int64_t{1} << 53, 0.1));
}

TEST(ConnectionTest, NullIsNotZero) {
    Connection db = memory();
    ASSERT_TRUE(db.run("INSERT INTO t VALUES(?, ?, NULL)", "a", std::optional<std::int64_t>()));
    const auto row =
        db.query_one("SELECT n FROM t", [](const sql::Row& r) { return r.is_null(0); });
    EXPECT_TRUE(row->value());
}

TEST(ConnectionTest, ABrokenConstraintIsAConflictThatKeepsTheValueSecret) {
    Connection db = memory();
    ASSERT_TRUE(db.run("INSERT INTO t(id) VALUES(?)", "hunter2"));
    const auto again = db.run("INSERT INTO t(id) VALUES(?)", "hunter2");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::Conflict);
    EXPECT_EQ(again.error().message.find("hunter2"), std::string::npos);
}

TEST(ConnectionTest, AnUnwritableFolderIsUnavailableAndNamesTheFile) {
    const auto connection = Connection::open("/nonexistent/x.db", Connection::Mode::ReadWrite);
    ASSERT_FALSE(connection);
    EXPECT_EQ(connection.error().code, ErrorCode::Unavailable);
    EXPECT_NE(connection.error().message.find("/nonexistent/x.db"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::sqlite
