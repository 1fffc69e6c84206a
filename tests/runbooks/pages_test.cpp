// Every page is carried out by some test.
#include <filesystem>

#include <gtest/gtest.h>

#include "harness/contents_of.h"

namespace syncwatch::runbooks {
namespace {

namespace fs = std::filesystem;

TEST(RunbookPagesTest, EachIsCarriedOutAndListed) {
    std::string tests;
    for (const auto& each : fs::directory_iterator(fs::path(SW_RUNBOOK_TESTS))) {
        if (each.path().string().ends_with("_runbooks_test.cpp")) tests += contents_of(each.path());
    }
    const std::string list = contents_of(fs::path(SW_RUNBOOKS) / "README.md");
    int count = 0;
    for (const auto& each : fs::directory_iterator(fs::path(SW_RUNBOOKS))) {
        const std::string page = each.path().filename();
        if (page == "README.md") continue;
        ++count;
        EXPECT_NE(tests.find("carry_out(\"" + page + "\""), std::string::npos) << page;
        EXPECT_NE(list.find("(" + page + ")"), std::string::npos) << page;
    }
    EXPECT_EQ(count, 9);
}

}  // namespace
}  // namespace syncwatch::runbooks
