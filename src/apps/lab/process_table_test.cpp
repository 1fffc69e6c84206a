#include "apps/lab/process_table.h"

#include <csignal>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace syncwatch::lab {
namespace {

/// Looked at without a pause, so that some end between the opening of their file and its reading.
TEST(ProcessTableTest, AProcessThatEndsWhileItIsLookedAtIsNoFault) {
    for (int i = 0; i < 300; ++i) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(0);
        const std::jthread reaper([child] { ::waitpid(child, nullptr, 0); });
        while (process_facts(child)) {
        }
    }
}

TEST(ProcessTableTest, AFamilyBeginsWithItsEldest) {
    const pid_t child = ::fork();
    if (child == 0) ::pause();
    EXPECT_EQ(family_of(::getpid()), (std::vector<pid_t>{::getpid(), child}));
    signal_family(child, SIGKILL);
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_FALSE(process_facts(child));
}

}  // namespace
}  // namespace syncwatch::lab
