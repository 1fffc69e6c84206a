#include "apps/transfer/transfer.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "adapters/postgres/migrate.h"
#include "adapters/sqlite/migrate.h"
#include "harness/postgres_database.h"
#include "harness/temp_folder.h"

namespace syncwatch::transfer {
namespace {

constexpr const char* kUser = "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
constexpr const char* kVideo = "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a60";

class TransferTest : public testing::Test {
protected:
    TransferTest() {
        const auto path = (folder_.path() / "old.db").string();
        old_ = std::make_unique<sqlite::Connection>(
            sqlite::Connection::open(path, sqlite::Connection::Mode::ReadWrite).value());
        EXPECT_TRUE(sqlite::migrate(*old_));
        postgres::Settings settings;
        settings.url = empty_postgres_database();
        new_ = postgres::Connection::open(settings).value();
    }

    void fill() {
        const std::string hash("\0\x01\xff 32 bytes of a token's hash..", 32);
        ASSERT_TRUE(
            old_->run("INSERT INTO users VALUES (?, 'user', 'Ana', 'ana', ?, 1, 'argon', 5)", kUser,
                      "Ana 🔥 'quoted'\nnew line"));
        ASSERT_TRUE(
            old_->run("INSERT INTO sessions VALUES"
                      " ('0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a61', ?, ?, 1, 2)",
                      kUser, sql::Blob{hash}));
        ASSERT_TRUE(
            old_->run("INSERT INTO rooms VALUES ('7K3F9QZ01M', 'Friday', ?, 'host',"
                      " 'unlisted', 'none', 50, '', 7)",
                      kUser));
        ASSERT_TRUE(
            old_->run("INSERT INTO room_playback VALUES ('7K3F9QZ01M', NULL, ?, 0, 1.25,"
                      " 12.000000000000002, 9007199254740993, 3, 4, 'a', NULL, 1, 6)",
                      kVideo));
        ASSERT_TRUE(
            old_->run("INSERT INTO videos (id, owner, title, status, created_at, size,"
                      " original_kept, edition, duration, width, height, frame_rate,"
                      " progress, playable_until, has_poster, has_sprite) VALUES"
                      " (?, ?, 'Film', 'ready', 1, 9223372036854775807, 1, 0, 0.1, 1920,"
                      " 1080, 23.976, 1, 0.1, 1, 0)",
                      kVideo, kUser));
        for (int i = 0; i < 1001; ++i) {
            ASSERT_TRUE(old_->run("INSERT INTO segments VALUES (?, 'v720', ?, 4000000, ?, 0)",
                                  kVideo, i, 1000 + i));
        }
        ASSERT_TRUE(
            old_->run("INSERT INTO audit (at, actor, address, action, subject, detail)"
                      " VALUES (1, '', '', 'session.started', '', '')"));
    }

    std::int64_t number(const std::string& sql) {
        new_->begin(postgres::Connection::Mode::Read);
        const auto found = new_->query_one(sql, [](const sql::Row& row) { return row.integer(0); });
        new_->end_read();
        return found.value_or(std::nullopt).value_or(-1);
    }

    TempFolder folder_;
    std::unique_ptr<sqlite::Connection> old_;
    std::unique_ptr<postgres::Connection> new_;
};

TEST_F(TransferTest, EveryRowArrivesAsItWas) {
    fill();
    std::map<std::string, std::int64_t> told;
    const auto moved = move_installation(
        *old_, *new_, [&](const MovedTable& table) { told[table.name] = table.rows; });
    ASSERT_TRUE(moved) << moved.error().message;
    EXPECT_EQ(told["segments"], 1001);
    EXPECT_EQ(told["users"], 1);
    EXPECT_EQ(told["jobs"], 0);
    EXPECT_EQ(number("SELECT count(*) FROM segments"), 1001);
    EXPECT_EQ(number("SELECT size FROM videos"), INT64_MAX);
    EXPECT_EQ(number("SELECT at_us FROM room_playback"), 9007199254740993);
    EXPECT_EQ(number("SELECT CAST(position = 12.000000000000002 AS INT) FROM room_playback"), 1);
    EXPECT_EQ(number("SELECT octet_length(token_hash) FROM sessions"), 32);
    EXPECT_EQ(number("SELECT CAST(held AS INT) FROM room_playback"), 1);
    EXPECT_EQ(old_->query_one("SELECT count(*) FROM segments",
                              [](const sql::Row& row) { return row.integer(0); })
                  .value(),
              1001)
        << "the source stays as it is";
    // The next row gets a number of its own.
    new_->begin(postgres::Connection::Mode::Write);
    EXPECT_TRUE(
        new_->run("INSERT INTO audit (at, actor, address, action, subject, detail)"
                  " VALUES (2, '', '', 'room.deleted', '', '')"));
    EXPECT_TRUE(new_->commit());
}

TEST_F(TransferTest, ADatabaseThatHoldsDataIsLeftAlone) {
    fill();
    ASSERT_TRUE(move_installation(*old_, *new_, nullptr));
    const auto again = move_installation(*old_, *new_, nullptr);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().reason, "not_empty");
    EXPECT_EQ(number("SELECT count(*) FROM segments"), 1001);
}

TEST_F(TransferTest, WhatCannotBeKeptIsNamedAndNothingIsMoved) {
    fill();
    ASSERT_TRUE(old_->run("UPDATE videos SET title = ?", std::string("a\0b", 3)));
    const auto refused = move_installation(*old_, *new_, nullptr);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("videos"), std::string::npos);
    EXPECT_EQ(number("SELECT count(*) FROM users"), 0);
}

TEST_F(TransferTest, AnOlderSourceIsBroughtUpToDateFirst) {
    ASSERT_TRUE(old_->script("PRAGMA user_version = 10"));
    const auto refused = move_installation(*old_, *new_, nullptr);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "older_schema");
}

// What is moved, and what the stores' statements rely on.
TEST_F(TransferTest, BothSchemasHaveTheSameTablesAndColumns) {
    ASSERT_TRUE(postgres::migrate(*new_));
    const auto text = [](const sql::Row& row) { return row.text(0); };
    const auto in_sqlite = old_->query(
        "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name)"
        " c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
        text);
    new_->begin(postgres::Connection::Mode::Read);
    const auto in_postgres = new_->query(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'schema_steps'",
        text);
    new_->end_read();
    ASSERT_TRUE(in_sqlite);
    ASSERT_TRUE(in_postgres);
    EXPECT_EQ(std::set(in_sqlite->begin(), in_sqlite->end()),
              std::set(in_postgres->begin(), in_postgres->end()));
    EXPECT_EQ(sqlite::schema_version(*old_).value(), postgres::schema_version(*new_).value());
}

TEST_F(TransferTest, EveryTableIsMoved) {
    ASSERT_TRUE(postgres::migrate(*new_));
    std::set<std::string> moved{"notices", "leases", "told"};
    ASSERT_TRUE(move_installation(*old_, *new_,
                                  [&](const MovedTable& table) { moved.insert(table.name); }));
    const auto tables = old_->query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        [](const sql::Row& row) { return row.text(0); });
    EXPECT_EQ(moved, std::set(tables->begin(), tables->end()));
}

}  // namespace
}  // namespace syncwatch::transfer
