#include "recovery/backups/progress.h"

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

TEST(ProgressTest, WhatIsLeftIsToldByWhatItTookSoFar) {
    EXPECT_EQ(time_left({"copying", 250, 1000}, 10s), 30s);
    EXPECT_EQ(time_left({"copying", 999, 1000}, 10s), 1s) << "never too little";
    EXPECT_EQ(time_left({"copying", 1000, 1000}, 10s), 0s);
}

TEST(ProgressTest, NothingIsGuessed) {
    EXPECT_EQ(time_left({"copying", 0, 1000}, 10s), std::nullopt);
    EXPECT_EQ(time_left({"copying", 5, 1000}, 10s), std::nullopt) << "it has hardly begun";
    EXPECT_EQ(time_left({"copying", 500, 1000}, 1s), std::nullopt) << "nor for long";
    EXPECT_EQ(time_left({"copying", 500, 0}, 10s), std::nullopt) << "nobody knows of how much";
    EXPECT_EQ(time_left({"copying", 1500, 1000}, 10s), std::nullopt) << "it is more than was said";
}

}  // namespace
}  // namespace syncwatch::recovery
