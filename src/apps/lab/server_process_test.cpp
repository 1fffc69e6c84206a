#include "apps/lab/server_process.h"

#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/contents_of.h"
#include "harness/eventually.h"
#include "harness/temp_folder.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;

Launch launch_of(const TempFolder& folder, std::vector<std::string> command) {
    Launch launch;
    launch.command = std::move(command);
    launch.folder = folder.path();
    launch.log = folder.path() / "log";
    return launch;
}

TEST(ServerProcessTest, AToolThatFailsSaysItsLastWords) {
    const TempFolder folder;
    ASSERT_TRUE(hand_over(folder.path()));
    EXPECT_TRUE(run_tool(launch_of(folder, {"true"}), 10s));
    const auto failed =
        run_tool(launch_of(folder, {"sh", "-c", "echo the disk is full; exit 3"}), 10s);
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message.find("ended with 3"), std::string::npos);
    EXPECT_NE(failed.error().message.find("the disk is full"), std::string::npos);
    const auto absent = run_tool(launch_of(folder, {"no-such-program"}), 10s);
    ASSERT_FALSE(absent);
    const auto slow = run_tool(launch_of(folder, {"sleep", "60"}), 50ms);
    ASSERT_FALSE(slow);
    EXPECT_EQ(slow.error().code, ErrorCode::Timeout);
}

TEST(ServerProcessTest, ServersOfRootAreNotRoot) {
    const TempFolder folder;
    ASSERT_TRUE(hand_over(folder.path()));
    ASSERT_TRUE(run_tool(launch_of(folder, {"sh", "-c", "id -u; touch mine"}), 10s));
    EXPECT_NE(contents_of(folder.path() / "log"), "0\n");
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "mine"));
}

TEST(ServerProcessTest, AServerIsKilledWithItsChildren) {
    const TempFolder folder;
    ASSERT_TRUE(hand_over(folder.path()));
    auto pid = start(launch_of(folder, {"sh", "-c", "sleep 300 & echo $! > child; wait"}));
    ASSERT_TRUE(pid);
    ServerProcess server(*pid);
    std::string child;
    for (int tries = 0; tries < 1000 && child.empty(); ++tries) {
        child = contents_of(folder.path() / "child");
        ::usleep(5000);
    }
    ASSERT_FALSE(child.empty());
    EXPECT_TRUE(server.alive());
    server.kill();
    EXPECT_FALSE(server.alive());
    // Gone, or a zombie that nobody has reaped yet, as soon as it has had a processor to end on.
    const std::string of_child = "/proc/" + std::to_string(std::stoi(child)) + "/stat";
    EXPECT_TRUE(harness::eventually([&] {
        const std::string state = contents_of(of_child);
        return state.empty() || state.find(") Z") != std::string::npos;
    })) << contents_of(of_child);
}

TEST(ServerProcessTest, AServerThatIsAskedToEndMayTakeItsTime) {
    const TempFolder folder;
    ASSERT_TRUE(hand_over(folder.path()));
    auto pid = start(launch_of(
        folder,
        {"sh", "-c",
         "trap 'echo saved > saved; exit 0' TERM; touch up; while :; do sleep 0.05; done"}));
    ASSERT_TRUE(pid);
    ServerProcess server(*pid);
    for (int tries = 0; tries < 1000 && !std::filesystem::exists(folder.path() / "up"); ++tries) {
        ::usleep(5000);
    }
    server.stop(SIGTERM, 20s);
    EXPECT_EQ(contents_of(folder.path() / "saved"), "saved\n");
}

}  // namespace
}  // namespace syncwatch::lab
