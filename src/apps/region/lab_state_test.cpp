#include "apps/region/lab_state.h"

#include <fstream>

#include <gtest/gtest.h>

#include "harness/temp_folder.h"

namespace syncwatch::lab {
namespace {

LabState some_state() {
    LabState state;
    state.options = {'b', 21'000, 3, 1, ObjectsIn::Disk};
    state.parts["redis-1"] = {{"door", 41, 7'000}, {"server", 42, 18'446'744'073'709'551'615U}};
    state.parts["dns"] = {};
    return state;
}

TEST(LabStateTest, IsReadAsItWasWritten) {
    const auto again = LabState::parse(some_state().json());
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, some_state());
}

TEST(LabStateTest, IsKeptInAFile) {
    const TempFolder folder;
    const auto file = folder.path() / "lab.json";
    const auto nothing = LabState::load(file);
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(*nothing);
    ASSERT_TRUE(some_state().save(file));
    const auto kept = LabState::load(file);
    ASSERT_TRUE(kept);
    EXPECT_EQ(**kept, some_state());
}

TEST(LabStateTest, WhatIsNoStateIsSaidToBeNone) {
    for (const char* text : {"", "{}", "[]", R"({"schema":"syncwatch.lab/2"})"}) {
        const auto read = LabState::parse(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
    }
}

}  // namespace
}  // namespace syncwatch::lab
