#include "protocol/http/trace_parent.h"

#include <string>

#include <gtest/gtest.h>

namespace syncwatch::http {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00f067aa0ba902b7";

TEST(TraceParentTest, ATraceGoesOn) {
    EXPECT_EQ(trace_of("00-" + kTrace + "-" + kParent + "-01"), kTrace);
    EXPECT_EQ(trace_of("cc-" + kTrace + "-" + kParent + "-00-what-comes"), kTrace);
    EXPECT_EQ(trace_of("cc-" + kTrace + "-" + kParent + "-00"), kTrace);
}

TEST(TraceParentTest, WhatIsNoGoodBeginsANewOne) {
    const std::string no_trace(32, '0');
    const std::string no_parent(16, '0');
    for (const std::string& each :
         {std::string(), std::string("00"), "00-" + kTrace + "-" + kParent,
          "ff-" + kTrace + "-" + kParent + "-01", "0x-" + kTrace + "-" + kParent + "-01",
          "00-" + no_trace + "-" + kParent + "-01", "00-" + kTrace + "-" + no_parent + "-01",
          "00-" + kTrace + "-" + kParent + "-0g", "00-" + kTrace + "-" + kParent + "-01-more",
          "00_" + kTrace + "-" + kParent + "-01", "00-" + kTrace + "_" + kParent + "-01",
          "00-" + kTrace + "-" + kParent + "_01", "cc-" + kTrace + "-" + kParent + "-01.more",
          "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kParent + "-01"}) {
        EXPECT_EQ(trace_of(each), std::nullopt) << each;
    }
}

}  // namespace
}  // namespace syncwatch::http
