#include "adapters/system/thread_priority.h"

#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace syncwatch {
namespace {

TEST(ThreadPriorityTest, OneStepsBackAndTheOthersStayAsTheyAre) {
    const int before = ::getpriority(PRIO_PROCESS, 0);
    int inside = before;
    std::thread([&inside] {
        step_back();
        inside = ::getpriority(PRIO_PROCESS, 0);
    }).join();
    EXPECT_EQ(inside, 19);
    EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), before);
}

}  // namespace
}  // namespace syncwatch
