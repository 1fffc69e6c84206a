// The image: that its recipe fits the project. To build it takes a registry, which a test has not.

#include <filesystem>

#include <gtest/gtest.h>

#include "deploy/project.h"

namespace syncwatch::deploy {
namespace {

TEST(ContainerTest, BothStagesAreOneReleaseOfDebian) {
    const auto bases =
        all(read("deploy/Containerfile"), "\nFROM docker.io/library/(debian:[0-9]+)");
    EXPECT_EQ(bases.size(), 1u) << "a package fits the release that it was built on";
}

TEST(ContainerTest, ItBuildsThePackageAndRunsWhatIsInIt) {
    const std::string recipe = read("deploy/Containerfile");
    for (const std::string& script : all(recipe, "\nRUN (scripts/[a-z.]+)")) {
        EXPECT_TRUE(std::filesystem::exists(std::string(SW_SOURCE_ROOT "/") + script)) << script;
    }
    EXPECT_NE(recipe.find("RUN scripts/package.sh\n"), std::string::npos);
    // Where that script leaves what it made.
    EXPECT_NE(recipe.find("source=/src/build/package,target=/package"), std::string::npos);
    EXPECT_NE(read("scripts/package.sh").find("-B build/package"), std::string::npos);
    EXPECT_NE(recipe.find("ENTRYPOINT [\"/usr/bin/syncwatch\"]"), std::string::npos);
    EXPECT_NE(recipe.find("SYNCWATCH_DATA_DIR=/var/lib/syncwatch"), std::string::npos);
}

TEST(ContainerTest, ItRunsAsNobodyInParticular) {
    const std::string recipe = read("deploy/Containerfile");
    const auto user = all(recipe, "\nUSER ([0-9]+):[0-9]+");
    ASSERT_EQ(user.size(), 1u);
    EXPECT_NE(*user.begin(), "0");
    EXPECT_NE(recipe.find("useradd --system --uid " + *user.begin() + " "), std::string::npos);
}

TEST(ContainerTest, WhatABuildMakesIsNotCopiedIntoIt) {
    const std::string left_out = read(".containerignore");
    for (const char* each : {"\n.git\n", "\nbuild\n", "\n.tools\n", "\n**/node_modules\n"}) {
        EXPECT_NE(left_out.find(each), std::string::npos) << each;
    }
    // Nothing of what the build needs is left out.
    for (const std::string& each : all("\n" + left_out, "\n([a-z.][a-z./]*)")) {
        for (const char* needed : {"cmake", "deploy", "docs", "scripts", "src", "web"}) {
            EXPECT_NE(each, needed);
        }
    }
}

}  // namespace
}  // namespace syncwatch::deploy
