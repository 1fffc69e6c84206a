#include "recovery/backups/held_folder.h"

#include <fstream>

#include <gtest/gtest.h>

#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::recovery {
namespace {

namespace fs = std::filesystem;

TEST(HeldFolderTest, WhatAKilledProcessLeftGoesAndWhatIsInUseStays) {
    const TempFolder above;
    const fs::path left = above.path() / "look-killed";
    const fs::path others = above.path() / "of somebody else";
    fs::create_directories(left / "data");
    std::ofstream(left / "data" / "rows") << "rows";
    fs::create_directory(others);

    auto first = must(HeldFolder::make(above.path(), "look-"));
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(others));
    EXPECT_EQ(fs::status(first->path()).permissions(), fs::perms::owner_all);
    const auto second = must(HeldFolder::make(above.path(), "look-"));
    EXPECT_TRUE(fs::exists(first->path())) << "it is held";
    EXPECT_NE(first->path(), second->path());
    const fs::path path = first->path();
    first.reset();
    EXPECT_FALSE(fs::exists(path));
}

TEST(HeldFolderTest, WhereNoneCanBeMadeThatIsSaid) {
    const auto none = HeldFolder::make("/nonexistent", "look-");
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().message.find("/nonexistent"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::recovery
