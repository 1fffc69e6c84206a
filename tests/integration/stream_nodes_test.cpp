// Nodes stream PostgreSQL's log themselves, one of all at a time.
#include "harness/stream_nodes.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::eventually;
using harness::StreamNodes;

constexpr const char* kStreams = "syncwatch_backup_log_streams 1";

/// Of "a" and "b" the one that streams; "": none does.
std::string streamer_of(StreamNodes& world, const std::vector<std::string>& among) {
    for (const std::string& each : among) {
        if (world.nodes().has(each, kStreams)) return each;
    }
    return {};
}

/// Returns when all of the log until now is in the repository.
bool is_level(StreamNodes& world) {
    const std::string now = world.ask("SELECT pg_current_wal_flush_lsn()");
    return eventually([&] {
        return world.ask("SELECT restart_lsn >= '" + now +
                         "' FROM pg_replication_slots WHERE slot_name = 'syncwatch'") == "t";
    });
}

/// A backup is made, and nothing of the log is missing between.
void expect_whole(StreamNodes& world) {
    EXPECT_TRUE(is_level(world));
    const harness::Ran looked = world.run({"backup", "verify", "--component", "pg", "--all"});
    EXPECT_EQ(looked.exit, 0) << looked.out << looked.err;
}

TEST(StreamNodesTest, TheNodeThatStreamsIsKilledAndAnotherGoesOn) {
    StreamNodes world;
    must(world.server().sql("CREATE TABLE kept (n int PRIMARY KEY)"));
    for (const char* each : {"a", "b"}) world.nodes().start(each);
    ASSERT_TRUE(eventually([&] { return !streamer_of(world, {"a", "b"}).empty(); }));
    const std::string first = streamer_of(world, {"a", "b"});
    const std::string second = first == "a" ? "b" : "a";
    EXPECT_TRUE(world.nodes().has(second, "syncwatch_backup_log_streams 0"));
    const harness::Ran made = world.run({"backup", "run", "--component", "pg"});
    ASSERT_EQ(made.exit, 0) << made.err;

    harness::NumberedRows rows(world.server().url(), 1, 20ms);
    world.nodes().node(first).kill();
    const auto killed = std::chrono::steady_clock::now();
    EXPECT_TRUE(world.nodes().becomes(second, kStreams));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - killed;
    std::printf("another node streams %.1f s after kill -9\n", took.count());
    EXPECT_TRUE(world.is_streamed());
    EXPECT_LE(took.count(), 35.0);
    rows.stop();
    EXPECT_GT(rows.count(), 10);
    expect_whole(world);

    // One that is told to end hands it over.
    world.nodes().start(first);
    const auto told = std::chrono::steady_clock::now();
    EXPECT_EQ(world.nodes().node(second).stop(), 0);
    EXPECT_TRUE(world.nodes().becomes(first, kStreams));
    const std::chrono::duration<double> handed = std::chrono::steady_clock::now() - told;
    std::printf("another node streams %.1f s after SIGTERM\n", handed.count());
    EXPECT_LE(handed.count(), 20.0);
    expect_whole(world);
}

TEST(StreamNodesTest, WhereSomebodyElseStreamsANodeStandsByAndSaysNothing) {
    StreamNodes world;
    world.nodes().start("a", {"--recovery-pg-stream-on-nodes", "false"});
    auto unit = world.start({"wal-stream"});
    ASSERT_TRUE(eventually([&] { return world.is_streamed(); })) << unit->err();
    world.nodes().start("b");
    const auto says = [&](const char* words) {
        return world.nodes().node("b").process().err().find(words) != std::string::npos;
    };
    ASSERT_TRUE(eventually([&] { return says("backup.log_elsewhere"); }));
    EXPECT_FALSE(eventually([&] { return streamer_of(world, {"a", "b"}) != ""; }, 12s));
    EXPECT_TRUE(unit->running()) << unit->err();
    EXPECT_FALSE(says("backup.log_stopped"));
    EXPECT_FALSE(says("backup.log_not_streamed"));

    unit->signal(SIGKILL);
    EXPECT_TRUE(world.nodes().becomes("b", kStreams));
    EXPECT_FALSE(world.nodes().has("a", kStreams)) << "it was told not to";
    const auto again = world.start({"wal-stream"});
    EXPECT_EQ(again->wait(), 8) << again->err();
    EXPECT_TRUE(world.is_streamed());
}

TEST(StreamNodesTest, ARestartOfTheServerIsNoReasonToStop) {
    StreamNodes world;
    world.nodes().start("a");
    ASSERT_TRUE(world.nodes().becomes("a", kStreams));
    world.server().kill();
    must(world.server().start());
    EXPECT_TRUE(eventually([&] { return world.is_streamed(); }));
    EXPECT_TRUE(world.nodes().becomes("a", kStreams));
    EXPECT_TRUE(is_level(world));
    EXPECT_EQ(world.nodes().node("a").stop(), 0);
    EXPECT_FALSE(world.is_streamed());
}

}  // namespace
}  // namespace syncwatch
