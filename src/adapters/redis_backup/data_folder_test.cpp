#include "adapters/redis_backup/data_folder.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "harness/contents_of.h"
#include "harness/temp_folder.h"

namespace syncwatch::redis {
namespace {

namespace fs = std::filesystem;

class DataFolderTest : public testing::Test {
protected:
    void SetUp() override {
        fs::create_directories(data_);
        write(rdb_, "the file");
    }
    static void write(const fs::path& file, const std::string& text) {
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& each : fs::directory_iterator(data_))
            out.push_back(each.path().filename());
        std::ranges::sort(out);
        return out;
    }
    Result<MovedAside> place(bool append_only) const {
        return place_rdb({data_, rdb_, append_only, from_micros(1'796'000'000'000'000)});
    }

    TempFolder folder_;
    fs::path data_ = folder_.path() / "redis";
    fs::path rdb_ = folder_.path() / "snapshot.rdb";
    const std::string before_ = ".before-20261130T005320000Z";
};

TEST_F(DataFolderTest, WithoutAnAppendOnlyFileItIsDumpRdb) {
    write(data_ / "dump.rdb", "older");
    const auto moved = place(false);
    ASSERT_TRUE(moved) << moved.error().message;
    EXPECT_EQ(moved->size(), 1U);
    EXPECT_EQ(contents_of(data_ / "dump.rdb"), "the file");
    EXPECT_EQ(names(), (std::vector<std::string>{"dump.rdb", "dump.rdb" + before_}));
    EXPECT_EQ(contents_of(data_ / ("dump.rdb" + before_)), "older");
}

TEST_F(DataFolderTest, WithOneItIsItsBaseAndEverythingOldIsMovedAside) {
    write(data_ / "dump.rdb", "older");
    write(data_ / "appendonly.aof", "oldest");
    write(data_ / "appendonlydir" / "appendonly.aof.7.incr.aof", "old");
    const auto moved = place(true);
    ASSERT_TRUE(moved) << moved.error().message;
    EXPECT_EQ(moved->size(), 3U);
    const fs::path fresh = data_ / "appendonlydir";
    EXPECT_EQ(contents_of(fresh / "appendonly.aof.1.base.rdb"), "the file");
    EXPECT_EQ(contents_of(fresh / "appendonly.aof.manifest"),
              "file appendonly.aof.1.base.rdb seq 1 type b\n");
    EXPECT_FALSE(fs::exists(fresh / "appendonly.aof.7.incr.aof"));
    EXPECT_EQ(names(), (std::vector<std::string>{"appendonly.aof" + before_, "appendonlydir",
                                                 "appendonlydir" + before_, "dump.rdb" + before_}));
    EXPECT_EQ(contents_of(data_ / ("appendonlydir" + before_) / "appendonly.aof.7.incr.aof"),
              "old");
}

TEST_F(DataFolderTest, WhatFailsLeavesEverythingAsItWas) {
    write(data_ / "dump.rdb", "older");
    fs::remove(rdb_);
    for (const bool append_only : {false, true}) {
        EXPECT_FALSE(place(append_only));
        EXPECT_EQ(names(), std::vector<std::string>{"dump.rdb"});
        EXPECT_EQ(contents_of(data_ / "dump.rdb"), "older");
    }
}

TEST_F(DataFolderTest, ItsStateIsAnotherAfterEachChange) {
    std::vector<std::string> states;
    const auto look = [&] {
        const auto folder = DataFolder::look(data_);
        ASSERT_TRUE(folder);
        EXPECT_EQ(std::ranges::count(states, folder->state), 0);
        states.push_back(folder->state);
    };
    look();
    write(data_ / "dump.rdb", "1");
    look();
    write(data_ / "dump.rdb", "22");
    look();
    write(data_ / "appendonlydir" / "appendonly.aof.1.incr.aof", "1");
    look();
    write(data_ / "appendonlydir" / "appendonly.aof.1.incr.aof", "22");
    look();
    EXPECT_TRUE(DataFolder::look(data_)->has_append_only);
    EXPECT_FALSE(DataFolder::look(folder_.path() / "nowhere"));
}

}  // namespace
}  // namespace syncwatch::redis
