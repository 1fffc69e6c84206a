#include "recovery/postgres/data_folder.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/temp_folder.h"

namespace syncwatch::recovery {
namespace {

namespace fs = std::filesystem;
using State = PgDataFolder::State;

class PgDataFolderTest : public testing::Test {
protected:
    PgDataFolder seen() const { return look_at_data_folder(data_).value(); }
    void write(const fs::path& path, const std::string& text) const {
        fs::create_directories((data_ / path).parent_path());
        std::ofstream(data_ / path, std::ios::binary) << text;
    }

    TempFolder folder_;
    const fs::path data_ = folder_.path() / "main";
};

TEST_F(PgDataFolderTest, WhatIsThereIsToldApart) {
    EXPECT_EQ(seen().state, State::Absent);
    fs::create_directory(data_);
    EXPECT_EQ(seen().state, State::Empty);
    write("photo.jpg", "x");
    EXPECT_EQ(seen().state, State::Other);
    write("PG_VERSION", "15\n");
    EXPECT_EQ(seen().state, State::Broken);
    write("global/pg_control", std::string("\x02\x01\0\0\0\0\0\0", 8));
    const PgDataFolder database = seen();
    EXPECT_EQ(database.state, State::Database);
    EXPECT_EQ(database.system_id, "258");
    EXPECT_FALSE(database.is_running);
    EXPECT_FALSE(database.has_tablespaces);
    EXPECT_FALSE(database.is_standby);
    write("standby.signal", "");
    EXPECT_TRUE(seen().is_standby);
    write("postmaster.pid", std::to_string(::getpid()) + "\n");
    write("pg_tblspc/16384", "");
    EXPECT_TRUE(seen().is_running);
    EXPECT_TRUE(seen().has_tablespaces);
}

TEST_F(PgDataFolderTest, WhatWasThereStays) {
    const fs::path fresh = folder_.path() / "fresh";
    fs::create_directory(fresh);
    EXPECT_EQ(exchange_data_folder(fresh, data_, WallTime()).value(), "");
    write("old", "x");
    fs::create_directory(fresh);
    const fs::path aside = exchange_data_folder(fresh, data_, WallTime()).value();
    EXPECT_EQ(aside, data_.string() + ".before-19700101T000000000Z");
    EXPECT_TRUE(fs::exists(aside / "old"));
    EXPECT_TRUE(fs::is_empty(data_));
    EXPECT_FALSE(exchange_data_folder(fresh, data_, WallTime())) << "there is no fresh one";
    EXPECT_TRUE(fs::exists(data_)) << "it is where it was";
}

TEST_F(PgDataFolderTest, LogThatNoRepositoryHasIsSaved) {
    for (const char* each : {"000000010000000000000004", "000000010000000000000005",
                             "000000020000000000000005", "00000002.history"})
        write(fs::path("pg_wal") / each, "log");
    const fs::path fresh = folder_.path() / "fresh";
    fs::create_directories(fresh / "pg_wal");
    EXPECT_EQ(save_log(data_, fresh, 1, {5 * wal::kSegmentBytes}).value(), 1u);
    EXPECT_TRUE(fs::exists(fresh / "pg_wal" / "000000010000000000000005"));
    EXPECT_FALSE(fs::exists(fresh / "pg_wal" / "000000010000000000000004"));
}

}  // namespace
}  // namespace syncwatch::recovery
