#include "recovery/embedded/second_place.h"

#include <gtest/gtest.h>

#include "adapters/sqlite/connection.h"
#include "harness/embedded_backup_world.h"

namespace syncwatch::recovery {
namespace {

class SecondPlaceTest : public testing::Test {
protected:
    static std::int64_t rows_in(const fs::path& file) {
        auto opened = must(sqlite::Connection::open(file, sqlite::Connection::Mode::ReadOnly));
        const auto map = [](const sql::Row& row) { return row.integer(0); };
        return must(opened.query_one("SELECT count(*) FROM t", map)).value();
    }
    std::uint64_t bring() { return must(run_to_end(second_.bring_new())); }

    TempFolder folder_;
    FolderBackups near_{folder_.path() / "near"};
    FolderBackups far_{folder_.path() / "far"};
    SecondPlace second_{near_, far_, "test"};
};

TEST_F(SecondPlaceTest, TheSecondAloneBringsTheDatabaseBack) {
    {
        Life life(folder_.path() / "a.db", near_);
        life.write("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
        ASSERT_TRUE(life.wait_for_base());
        ASSERT_TRUE(life.ship_all());
        EXPECT_GT(bring(), 0u);
        life.write("INSERT INTO t VALUES (2)");
        ASSERT_TRUE(life.ship_all());
        EXPECT_GT(bring(), 0u);
        life.stop();
    }
    (void)bring();
    EXPECT_EQ(bring(), 0u) << "all of it is there";
    near_.away = true;
    (void)must(restore_to(far_, folder_.path() / "b.db"));
    EXPECT_EQ(rows_in(folder_.path() / "b.db"), 2);
}

TEST_F(SecondPlaceTest, WhatItCouldNotBringItBringsLater) {
    Life life(folder_.path() / "a.db", near_);
    life.write("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
    ASSERT_TRUE(life.wait_for_base());
    far_.away = true;
    EXPECT_EQ(run_to_end(second_.bring_new()).error().code, ErrorCode::Unavailable);
    life.write("INSERT INTO t VALUES (2)");
    ASSERT_TRUE(life.ship_all());
    far_.away = false;
    (void)bring();
    (void)must(restore_to(far_, folder_.path() / "b.db"));
    EXPECT_EQ(rows_in(folder_.path() / "b.db"), 2);
}

TEST_F(SecondPlaceTest, SomethingElseUnderANameIsSaidAndStopsNothing) {
    Life life(folder_.path() / "a.db", near_);
    life.write("CREATE TABLE t (n INTEGER)");
    ASSERT_TRUE(life.wait_for_base());
    ASSERT_TRUE(life.ship_all());
    life.stop();
    const auto first = must(run_to_end(near_.list(generations_folder("test")))).front().name;
    (void)must(run_to_end(far_.create(first, "somebody's")));
    EXPECT_EQ(run_to_end(second_.bring_new()).error().code, ErrorCode::Conflict);
    const auto near = must(run_to_end(near_.list(generations_folder("test"))));
    const auto far = must(run_to_end(far_.list(generations_folder("test"))));
    EXPECT_EQ(near.size(), far.size());
}

}  // namespace
}  // namespace syncwatch::recovery
