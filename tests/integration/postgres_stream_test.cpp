// PostgreSQL over its replication protocol alone: its log follows into the repositories, and it is
// brought back after it was lost with its disk.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/long_run.h"
#include "harness/postgres_stream_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using harness::Loss;
using harness::NumberedRows;
using harness::Ran;
using World = harness::PostgresStreamWorld;

constexpr const char* kAllRows =
    "SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM kept";

void back_up(World& world) {
    const Ran made = world.run({"backup", "run", "--component", "pg"});
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
}

/// One span of each timeline, and nothing missing in it.
void expect_no_hole(World& world, std::size_t repository = 0) {
    const auto engine = world.engine();
    for (const auto& each : must(run_to_end(engine->backups->log(repository)))) {
        EXPECT_LE(each.held.size(), 1u) << "timeline " << each.number;
    }
}

std::size_t segments_in(const World& world, const std::string& name) {
    std::size_t count = 0;
    for (const auto& each : fs::recursive_directory_iterator(world.log(name))) {
        count +=
            each.is_regular_file() && each.path().string().find("/whole/") != std::string::npos;
    }
    return count;
}

/// Some log: nearly a megabyte each.
void write_much(World& world, int times) {
    for (int i = 0; i < times; ++i) {
        must(
            world.server().sql("CREATE TABLE IF NOT EXISTS much (t text);"
                               "INSERT INTO much SELECT string_agg(md5(random()::text), '') FROM "
                               "generate_series(1, 250) AS a, generate_series(1, 100) AS b "
                               "GROUP BY a"));
    }
}

/// Server, disk and whoever streams are gone at one moment.
Loss lose_everything(World& world, std::chrono::milliseconds after) {
    auto streamer = world.stream();
    NumberedRows rows(world.server().url(), 1, 20ms);
    std::this_thread::sleep_for(after);
    streamer->signal(SIGKILL);
    const auto end = std::chrono::steady_clock::now();
    world.lose_server();
    rows.stop();
    const Ran restored = world.run({"restore", "pg", "--in-place"});
    EXPECT_EQ(restored.exit, 0) << restored.out << restored.err;
    if (restored.exit != 0) return {};
    world.start_restored();
    const Loss loss = harness::loss_of(rows, world.ask(kAllRows), end);
    EXPECT_EQ(loss.holes, 0u) << "the log is replayed in its order";
    EXPECT_LE(loss.ghosts, 1u);
    return loss;
}

TEST(PostgresStreamTest, AServerThatIsLostWithItsDiskCostsSeconds) {
    World world;
    {
        const auto streamer = world.stream();
        back_up(world);
        EXPECT_EQ(world.run({"backup", "verify", "--component", "pg"}).exit, 0);
        const Ran second = world.run({"wal-stream"});
        EXPECT_EQ(second.exit, 8) << second.err;
    }
    const Loss loss = lose_everything(world, 4s);
    EXPECT_GT(loss.acknowledged, 50u);
    EXPECT_LE(loss.seconds, 5.0);
    std::printf("lost %zu of %zu acknowledged rows, %.2f s\n", loss.lost, loss.acknowledged,
                loss.seconds);
    EXPECT_EQ(world.ask("SHOW archive_mode"), "off");
    EXPECT_EQ(world.ask("SELECT timeline_id FROM pg_control_checkpoint()"), "2");
    EXPECT_EQ(world.ask("SELECT count(*) FROM pg_replication_slots"), "0");
}

TEST(PostgresStreamTest, WhatWasAcknowledgedBeforeAMomentComesBackAndNothingElse) {
    World world;
    // Where a moment is told to PostgreSQL without its zone, it is one of five hours later.
    for (const char* each :
         {"ALTER SYSTEM SET timezone = 'America/New_York'", "SELECT pg_reload_conf()"}) {
        must(world.server().sql(each));
    }
    const auto streamer = world.stream();
    back_up(world);
    std::this_thread::sleep_for(2100ms);
    must(world.server().sql("INSERT INTO kept SELECT generate_series(1, 5)"));
    const std::string moment = world.ask(
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    must(world.server().sql("INSERT INTO kept SELECT generate_series(6, 9)"));
    write_much(world, 30);
    ASSERT_TRUE(world.is_level());
    EXPECT_GT(segments_in(world, "near"), 1u);
    expect_no_hole(world);
    world.lose_server();
    const Ran restored = world.run({"restore", "pg", "--in-place", "--to", moment});
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    world.start_restored();
    EXPECT_EQ(world.ask(kAllRows), "1,2,3,4,5");
}

TEST(PostgresStreamTest, WhoeverIsKilledGoesOnWithoutAGap) {
    World world;
    auto streamer = world.stream();
    back_up(world);
    for (int i = 0; i < 3; ++i) {
        write_much(world, 12);
        streamer->signal(SIGKILL);
        (void)streamer->wait();
        write_much(world, 12);
        streamer = world.stream();
    }
    EXPECT_TRUE(world.is_level());
    expect_no_hole(world);
    const Ran looked = world.run({"backup", "verify", "--component", "pg", "--all"});
    EXPECT_EQ(looked.exit, 0) << looked.out << looked.err;
}

TEST(PostgresStreamTest, ARepositoryThatWasAwayGetsWhatItMissed) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    World world({"near", "far"});
    const auto streamer = world.stream();
    back_up(world);
    const fs::path away = world.place() / "elsewhere";
    for (const char* name : {"far", "near"}) {
        fs::rename(world.above(name), away);
        write_much(world, 120);
        EXPECT_TRUE(world.is_level(20s)) << name << " is in nobody's way";
        fs::rename(away, world.above(name));
        EXPECT_TRUE(harness::eventually([&] {
            return segments_in(world, "near") == segments_in(world, "far");
        })) << streamer->err();
    }
    // Both at once: the server keeps it.
    for (const char* name : {"far", "near"}) fs::rename(world.above(name), away.string() + name);
    write_much(world, 120);
    for (const char* name : {"far", "near"}) fs::rename(away.string() + name, world.above(name));
    EXPECT_TRUE(world.is_level());
    expect_no_hole(world, 0);
    EXPECT_TRUE(harness::eventually(
        [&] { return segments_in(world, "near") == segments_in(world, "far"); }));
    expect_no_hole(world, 1);
}

TEST(PostgresStreamTest, OnlyTheEndOfTheLogIsItsEnd) {
    World world;
    {
        const auto streamer = world.stream();
        back_up(world);
        write_much(world, 40);
        ASSERT_TRUE(world.is_level());
    }
    std::vector<fs::path> whole;
    for (const auto& each : fs::recursive_directory_iterator(world.log())) {
        const bool is_one = each.path().string().find("/whole/") != std::string::npos;
        if (is_one && each.is_regular_file()) whole.push_back(each.path());
    }
    std::ranges::sort(whole);
    ASSERT_GT(whole.size(), 2u);
    const auto name_of = [](const fs::path& path) {
        return path.filename().string().substr(0, 24);
    };
    const fs::path got = world.data_dir() / "got";
    const auto get = [&](const std::string& name) {
        return world.run({"wal-get", name, got.string(), "--patience", "1s"}).exit;
    };
    EXPECT_EQ(get(name_of(whole[1])), 0);
    const auto last = wal::Segment::parse(name_of(whole.back())).value();
    const std::string begun = wal::Segment{last.timeline, last.number + 1}.name();
    // The server's own folder has more of it than anybody.
    EXPECT_EQ(get(begun), 1);
    fs::remove(world.pg_data() / "pg_wal" / begun);
    EXPECT_EQ(get(begun), 0);
    EXPECT_EQ(fs::file_size(got), std::uint64_t{16} << 20);
    EXPECT_EQ(get(wal::Segment{last.timeline, last.number + 2}.name()), 1);
    EXPECT_EQ(get("00000007.history"), 1);
    EXPECT_EQ(get("../../etc/passwd"), 126);
    const fs::path away = world.place() / "elsewhere";
    fs::rename(world.above("near"), away);
    EXPECT_EQ(get(begun), 126);
    fs::rename(away, world.above("near"));
    const auto size = fs::file_size(whole[1]);
    fs::resize_file(whole[1], size - 100);
    EXPECT_EQ(get(name_of(whole[1])), 126);
    EXPECT_EQ(world.run({"backup", "verify", "--component", "pg", "--all"}).exit, 5);
    fs::remove(whole[1]);
    EXPECT_EQ(get(name_of(whole[1])), 126) << "what comes after it is there";
}

/// The objects that say that somebody reads.
std::vector<fs::path> holds_in(const World& world) {
    std::vector<fs::path> found;
    const fs::path folder =
        world.repository("near") / "v1/cluster" / World::kCluster / "hold" / "pg";
    std::error_code failed;
    for (const auto& each : fs::recursive_directory_iterator(folder, failed)) {
        if (each.path().extension() == ".json") found.push_back(each.path());
    }
    return found;
}

TEST(PostgresStreamTest, WhatARestoreReadsDoesNotExpireMeanwhile) {
    World world;
    std::ofstream(world.plan(), std::ios::app)
        << "[backup.database]\nkeep = \"1s\"\nkeep_full = 1\n";
    const auto streamer = world.stream();
    for (int i = 0; i < 3; ++i) back_up(world);
    std::this_thread::sleep_for(1100ms);
    const auto expire = [&](std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"backup", "expire", "--component", "pg"});
        return world.run(std::move(more));
    };
    ASSERT_NE(expire({"--dry-run"}).out.find("would go"), std::string::npos);
    const fs::path back = world.place() / "back";
    const auto restoring = world.start({"restore", "pg", "--into", back.string()});
    ASSERT_TRUE(harness::eventually([&] { return !holds_in(world).empty(); }));
    restoring->signal(SIGSTOP);
    EXPECT_FALSE(fs::exists(back / "backup_label")) << "it was too quick for this test";
    for (const char* each : {"--dry-run", "--json"}) {
        const Ran held = expire({each});
        EXPECT_EQ(held.exit, 0) << held.err;
        EXPECT_EQ(held.out.find("would go"), std::string::npos) << held.out;
        EXPECT_NE(held.out.find("a restore on "), std::string::npos) << held.out;
    }
    restoring->signal(SIGCONT);
    EXPECT_EQ(restoring->wait(60s), 0) << restoring->out() << restoring->err();
    // PostgreSQL replays its log later, by itself.
    ASSERT_EQ(holds_in(world).size(), 1u);
    EXPECT_EQ(expire({"--dry-run"}).out.find("would go"), std::string::npos);
    fs::remove(holds_in(world).front());

    const auto killed = world.start({"restore", "pg", "--into", back.string() + "2"});
    ASSERT_TRUE(harness::eventually([&] { return !holds_in(world).empty(); }));
    killed->signal(SIGKILL);
    (void)killed->wait();
    EXPECT_NE(expire({"--dry-run"}).out.find("at most"), std::string::npos);
    // As an hour later.
    const fs::path left = holds_in(world).at(0);
    fs::rename(left, left.parent_path() / "20260101T000000.000Z.json");
    const Ran gone = expire();
    EXPECT_EQ(gone.exit, 0) << gone.err;
    EXPECT_NE(gone.out.find("is gone"), std::string::npos) << gone.out;
    EXPECT_TRUE(holds_in(world).empty()) << "what is left of it goes as well";
}

TEST(PostgresStreamTest, WhoMayOnlyReadRestoresAndIsToldThatNothingIsHeld) {
    if (::geteuid() != 0) GTEST_SKIP() << "giving a folder away needs root";
    World world;
    {
        const auto streamer = world.stream();
        back_up(world);
    }
    const fs::path cluster = world.repository("near") / "v1/cluster" / World::kCluster;
    ASSERT_EQ(::chown(cluster.c_str(), 0, 0), 0);
    ASSERT_EQ(::chmod(cluster.c_str(), 0755), 0);
    const Ran restored = world.run({"restore", "pg", "--into", (world.place() / "back").string()});
    EXPECT_EQ(restored.exit, 0) << restored.err;
    EXPECT_NE(restored.out.find("not held"), std::string::npos) << restored.out;
    EXPECT_TRUE(fs::exists(world.place() / "back" / "backup_label"));
}

/// What is started meanwhile has another time of day than this machine.
class SkewedClock {
public:
    explicit SkewedClock(int seconds) {
        ::setenv("LD_PRELOAD", SW_SKEWED_CLOCK, 1);
        ::setenv("SKEW_SECONDS", std::to_string(seconds).c_str(), 1);
    }
    SkewedClock(const SkewedClock&) = delete;
    SkewedClock& operator=(const SkewedClock&) = delete;
    ~SkewedClock() {
        ::unsetenv("LD_PRELOAD");
        ::unsetenv("SKEW_SECONDS");
    }
};

TEST(PostgresStreamTest, MomentsAreByTheServersClockAndAWrongOneIsSaid) {
    World world;
    const auto moment = [&] {
        return world.ask(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
            "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    };
    {
        // All of ours are a minute behind: the server is a minute ahead.
        const SkewedClock ours(-60);
        const auto streamer = world.stream();
        const std::string too_early = moment();
        must(world.server().sql("INSERT INTO kept SELECT generate_series(1, 2)"));
        const Ran made = world.run({"backup", "run", "--component", "pg"});
        ASSERT_EQ(made.exit, 0) << made.err;
        const std::string warning = "PostgreSQL's clock was 60 s ahead of";
        EXPECT_NE(made.out.find(warning), std::string::npos) << made.out;
        EXPECT_NE(world.run({"backup", "list"}).out.find(warning), std::string::npos);
        std::this_thread::sleep_for(2100ms);
        must(world.server().sql("INSERT INTO kept SELECT generate_series(3, 5)"));
        const std::string meant = moment();
        must(world.server().sql("INSERT INTO kept SELECT generate_series(6, 9)"));
        ASSERT_TRUE(world.is_level());
        world.lose_server();
        const auto restore = [&](const std::string& to, bool dry_run) {
            std::vector<std::string> words{"restore", "pg", "--in-place", "--to", to};
            if (dry_run) words.emplace_back("--dry-run");
            return world.run(std::move(words));
        };
        // By our clock it is long after the backup; what was committed by then is not known.
        EXPECT_EQ(restore(too_early, true).exit, 3);
        const Ran shown = restore(meant, true);
        EXPECT_EQ(shown.exit, 0) << shown.err;
        EXPECT_NE(shown.out.find(warning), std::string::npos) << shown.out;
        ASSERT_EQ(restore(meant, false).exit, 0);
    }
    world.start_restored();
    EXPECT_EQ(world.ask(kAllRows), "1,2,3,4,5");
}

/// Everything that is stored of the log, and how large it is.
std::map<std::string, std::uint64_t> stored_log(const World& world) {
    std::map<std::string, std::uint64_t> sizes;
    for (const auto& each : fs::recursive_directory_iterator(world.log())) {
        if (each.is_regular_file()) sizes[each.path().string()] = each.file_size();
    }
    return sizes;
}

TEST(PostgresStreamTest, AnOlderStateOfTheServerIsNotFollowedAndReplacesNothing) {
    const auto copy = [](const fs::path& from, const fs::path& to) {
        harness::Process::Options options;
        options.command = {"cp", "-a", from.string(), to.string()};
        ASSERT_EQ(harness::Process(options).wait(60s), 0);
    };
    for (const char* words : {"says something else than what is in the repository",
                              "ahead of the WAL flush position"}) {
        SCOPED_TRACE(words);
        World world;
        // As a snapshot of the machine is taken, and brought back after the machine went on.
        const fs::path older = world.place() / "older";
        {
            const auto streamer = world.stream();
            back_up(world);
            ASSERT_TRUE(world.is_level());
        }
        world.server().stop();
        copy(world.pg_data(), older);
        must(world.server().start());
        {
            const auto streamer = world.stream();
            must(world.server().sql("INSERT INTO kept SELECT generate_series(1, 3)"));
            if (std::string_view(words).starts_with("ahead")) write_much(world, 40);
            ASSERT_TRUE(world.is_level());
        }
        world.server().stop();
        fs::remove_all(world.pg_data());
        copy(older, world.pg_data());
        const auto before = stored_log(world);
        must(world.server().start());
        must(world.server().sql("INSERT INTO kept SELECT generate_series(101, 105)"));
        const Ran followed = world.run({"wal-stream"});
        EXPECT_EQ(followed.exit, 13) << followed.err;
        EXPECT_NE(followed.err.find(words), std::string::npos) << followed.err;
        EXPECT_EQ(stored_log(world), before);
    }
}

TEST(PostgresStreamTest, ADryRunSaysHowLongItTakesAndWhatIsLost) {
    World world;
    const auto streamer = world.stream();
    back_up(world);
    must(world.server().sql("INSERT INTO kept VALUES (1)"));
    ASSERT_TRUE(world.is_level());
    world.server().kill();
    const auto dry_run = [&](const std::string& to) {
        const Ran shown = world.run({"restore", "pg", "--in-place", "--to", to, "--dry-run"});
        EXPECT_EQ(shown.exit, 0) << shown.err;
        return shown.out;
    };
    const std::string before = dry_run("immediate");
    EXPECT_NE(before.find("takes          not known: none was restored in a test yet"),
              std::string::npos)
        << before;
    const Ran tested = world.run({"backup", "verify", "--component", "pg", "--level", "restore"});
    ASSERT_EQ(tested.exit, 0) << tested.out << tested.err;
    const std::string after = dry_run("immediate");
    EXPECT_NE(after.find(" s, as the test of 20"), std::string::npos) << after;
    EXPECT_NE(after.find("what is lost   whatever was committed since 20"), std::string::npos)
        << after;
    EXPECT_NE(after.find("what is there  database 7"), std::string::npos) << after;
    // Of what was killed the log is there.
    const std::string latest = dry_run("latest");
    EXPECT_NE(latest.find("what is lost   nothing that the log of what is there has"),
              std::string::npos)
        << latest;
    fs::remove_all(world.pg_data());
    EXPECT_NE(dry_run("latest").find("what is lost   whatever was committed"), std::string::npos);
}

TEST(PostgresStreamTest, FiveLossesOfEverything) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    std::vector<double> seconds;
    for (int i = 0; i < 5; ++i) {
        World world;
        {
            const auto streamer = world.stream();
            back_up(world);
        }
        seconds.push_back(lose_everything(world, 3s + i * 170ms).seconds);
    }
    std::ranges::sort(seconds);
    std::printf("RPO of five: %.2f to %.2f s, half of them below %.2f s\n", seconds.front(),
                seconds.back(), seconds[2]);
    EXPECT_LE(seconds.back(), 5.0);
}

TEST(PostgresStreamTest, ARestoredServerGoesOnAsAnotherTimeline) {
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    World world;
    {
        const auto streamer = world.stream();
        back_up(world);
    }
    (void)lose_everything(world, 2s);
    must(world.server().sql("DELETE FROM kept"));
    const auto streamer = world.stream();
    back_up(world);
    must(world.server().sql("INSERT INTO kept SELECT generate_series(1, 3)"));
    ASSERT_TRUE(world.is_level());
    expect_no_hole(world);
    const auto log = must(run_to_end(world.engine()->backups->log(0)));
    ASSERT_EQ(log.size(), 2u);
    EXPECT_EQ(log[1].parent, 1u);
    // A backup is on its own timeline, whatever anybody knows of where that came from.
    for (const auto& each : fs::recursive_directory_iterator(world.log())) {
        if (each.path().filename() == "00000002.history.zst") fs::remove(each.path());
    }
    world.lose_server();
    EXPECT_EQ(world.run({"restore", "pg", "--in-place"}).exit, 3) << "which past is meant?";
    const Ran restored = world.run({"restore", "pg", "--in-place", "--timeline", "2"});
    ASSERT_EQ(restored.exit, 0) << restored.out << restored.err;
    world.start_restored();
    EXPECT_EQ(world.ask(kAllRows), "1,2,3");
}

}  // namespace
}  // namespace syncwatch
