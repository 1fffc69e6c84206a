// What befalls backups over PostgreSQL's replication protocol: damage, a place that goes away in
// the middle of something or is full, two at once, somebody who is killed, the wrong machine.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "apps/lab/wait.h"
#include "harness/filled_disk.h"
#include "harness/postgres_stream_world.h"
#include "harness/small_disk.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using harness::Ran;
using World = harness::PostgresStreamWorld;

constexpr const char* kAllRows =
    "SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM kept";

class StreamLuckTest : public testing::Test {
protected:
    /// Its id.
    std::string back_up() {
        const Ran made = world_.run({"backup", "run", "--component", "pg", "--json"});
        EXPECT_EQ(made.exit, 0) << made.out << made.err;
        if (made.exit != 0) return {};
        const json::value said = json::parse(made.out);
        return std::string(said.at("backups").at(0).at("record").at("id").as_string());
    }
    /// More than two pieces of the log.
    void write_much() {
        must(
            world_.server().sql("CREATE TABLE IF NOT EXISTS much (t text);"
                                "INSERT INTO much SELECT string_agg(md5(random()::text), '') FROM "
                                "generate_series(1, 15000) AS a, generate_series(1, 100) AS b "
                                "GROUP BY a"));
    }
    fs::path cluster() const { return world_.repository("near") / "v1/cluster" / World::kCluster; }
    std::size_t records() const {
        std::error_code none;
        std::size_t count = 0;
        for (const auto& each : fs::recursive_directory_iterator(cluster() / "catalog", none)) {
            count += each.is_regular_file() ? 1 : 0;
        }
        return count;
    }
    static std::vector<fs::path> files_in(const fs::path& folder) {
        std::vector<fs::path> files;
        std::error_code none;
        for (const auto& each : fs::recursive_directory_iterator(folder, none)) {
            if (each.is_regular_file()) files.push_back(each.path());
        }
        std::ranges::sort(files);
        return files;
    }
    void take_away() const { fs::rename(world_.above("near"), world_.place() / "elsewhere"); }
    void bring_back() const { fs::rename(world_.place() / "elsewhere", world_.above("near")); }
    static bool says(const Ran& ran, const std::string& words) {
        return (ran.out + ran.err).find(words) != std::string::npos;
    }

    World world_;
};

using Change = std::function<void(const fs::path&)>;

void flip_middle(const fs::path& path) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const auto at = static_cast<std::streamoff>(fs::file_size(path) / 2);
    file.seekg(at);
    const char before = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(before ^ 1));
}

TEST_F(StreamLuckTest, WhateverHappensToACopyOrToItsLogIsSeenAndNamed) {
    std::string older;
    std::string newer;
    {
        const auto streamer = world_.stream();
        older = back_up();
        newer = back_up();
        write_much();
        ASSERT_TRUE(world_.is_level());
    }
    const fs::path copy = cluster() / "data/pg" / newer;
    const fs::path part = copy / "base/00000001.tar.zst";
    const fs::path other = cluster() / "data/pg" / older / "base/00000001.tar.zst";
    std::vector<fs::path> log;
    for (const fs::path& each : files_in(world_.log())) {
        if (each.string().find("/whole/") != std::string::npos) log.push_back(each);
    }
    ASSERT_GT(log.size(), 3u);
    const fs::path piece = log[log.size() - 2];
    const std::string name = piece.filename().string().substr(0, 24);
    const Change cut = [](const fs::path& file) {
        fs::resize_file(file, fs::file_size(file) - 100);
    };
    const Change empty = [](const fs::path& file) { fs::resize_file(file, 0); };
    const Change remove = [](const fs::path& file) { fs::remove(file); };
    const auto put = [](const fs::path& source) -> Change {
        return [source](const fs::path& file) {
            fs::copy_file(source, file, fs::copy_options::overwrite_existing);
        };
    };
    const std::string of_part = "part 1 of " + newer + ": ";
    const struct {
        const char* what;
        fs::path file;
        Change change;
        std::string words;
    } cases[] = {
        {"a bit of the copy", part, flip_middle, of_part + "it"},
        {"the copy is cut off", part, cut, of_part + "it"},
        {"a part is empty", part, empty, of_part + "it is cut off"},
        {"a part is gone", part, remove, of_part},
        {"a part is an older one's", part, put(other), of_part + "it is of another backup"},
        {"a part is something else", part, put(piece), of_part + "it is of another backup"},
        {"a bit of the description", copy / "backup.json.zst", flip_middle, newer},
        {"the description is gone", copy / "backup.json.zst", remove, newer + " is not there"},
        {"a bit of the log", piece, flip_middle, name},
        {"the log is cut off", piece, cut, name},
        {"a piece of the log is empty", piece, empty, name},
        {"a piece of the log is gone", piece, remove, name + " is missing in the middle"},
        {"a piece of the log is an older one", piece, put(log.front()),
         name + " holds another place of the log"},
    };
    const auto look = [&] {
        return world_.run({"backup", "verify", "--component", "pg", "--set", newer});
    };
    EXPECT_EQ(look().exit, 0);
    for (const auto& each : cases) {
        SCOPED_TRACE(each.what);
        const fs::path kept = world_.place() / "kept";
        fs::copy_file(each.file, kept, fs::copy_options::overwrite_existing);
        each.change(each.file);
        const Ran seen = look();
        EXPECT_EQ(seen.exit, 5) << seen.out << seen.err;
        EXPECT_TRUE(says(seen, "near: ") && says(seen, each.words)) << seen.out << seen.err;
        if (each.file == part) {
            const fs::path into = world_.place() / "back";
            const Ran back = world_.run({"restore", "pg", "--into", into, "--set", newer});
            EXPECT_EQ(back.exit, fs::exists(part) ? 5 : 3) << back.out << back.err;
            EXPECT_FALSE(fs::exists(into / "recovery.signal")) << "nobody may start it";
            fs::remove_all(into);
        }
        fs::copy_file(kept, each.file, fs::copy_options::overwrite_existing);
        must(lab::hand_over(each.file));
    }
    const Ran seen = look();
    EXPECT_EQ(seen.exit, 0) << seen.out << seen.err;
}

TEST_F(StreamLuckTest, APlaceThatGoesAwayInTheMiddleIsSaidAndNothingHalfCounts) {
    write_much();
    const auto streamer = world_.stream();
    const auto stopped_at = [](harness::Process& process, const std::function<bool()>& begun) {
        EXPECT_TRUE(lab::wait_until(begun, 60s, 1ms)) << process.err();
        process.signal(SIGSTOP);
    };
    {
        const auto backup = world_.start({"backup", "run", "--component", "pg"});
        stopped_at(*backup, [&] { return !files_in(cluster() / "data/pg").empty(); });
        take_away();
        must(world_.server().sql("INSERT INTO kept VALUES (1)"));
        backup->signal(SIGCONT);
        EXPECT_EQ(backup->wait(90s), 4) << backup->out() << backup->err();
        EXPECT_NE(backup->err().find("is its disk mounted?"), std::string::npos) << backup->err();
    }
    EXPECT_TRUE(streamer->running()) << streamer->err();
    bring_back();
    EXPECT_EQ(records(), 0u) << "nothing says that there is one";
    ASSERT_TRUE(world_.is_level()) << "the log waited";
    EXPECT_FALSE(back_up().empty());
    ASSERT_TRUE(world_.is_level());

    world_.lose_server();
    const std::vector<std::string> restore{"restore", "pg", "--in-place"};
    {
        const auto restoring = world_.start(restore);
        const fs::path fresh = world_.pg_data().string() + ".restoring";
        stopped_at(*restoring, [&] { return fs::exists(fresh); });
        take_away();
        restoring->signal(SIGCONT);
        EXPECT_EQ(restoring->wait(90s), 4) << restoring->out() << restoring->err();
        EXPECT_FALSE(fs::exists(world_.pg_data())) << "half of it is nowhere where it is started";
    }
    bring_back();
    const Ran again = world_.run(restore);
    ASSERT_EQ(again.exit, 0) << again.out << again.err;
    world_.start_restored();
    EXPECT_EQ(world_.ask(kAllRows), "1");
}

TEST_F(StreamLuckTest, WhoeverIsKilledWhileItIsBroughtBackDoesItAgain) {
    write_much();
    {
        const auto streamer = world_.stream();
        (void)back_up();
        must(world_.server().sql("INSERT INTO kept VALUES (1)"));
        ASSERT_TRUE(world_.is_level());
    }
    world_.lose_server();
    int kills = 0;
    std::optional<int> ended;
    for (auto patience = 40ms; !ended; patience = patience * 3 / 2) {
        const auto restoring = world_.start({"restore", "pg", "--in-place"});
        ended = restoring->wait(patience);
        if (ended) {
            // Killed just after its last step, it asks: what is there is whole.
            EXPECT_TRUE(*ended == 0 || *ended == 10) << restoring->out() << restoring->err();
            break;
        }
        restoring->signal(SIGKILL);
        (void)restoring->wait();
        ++kills;
    }
    EXPECT_GT(kills, 2);
    EXPECT_FALSE(fs::exists(world_.pg_data().string() + ".restoring"));
    // Twice is once: whoever did not look is asked.
    EXPECT_EQ(world_.run({"restore", "pg", "--in-place"}).exit, 10);
    world_.start_restored();
    EXPECT_EQ(world_.ask(kAllRows), "1");
}

TEST_F(StreamLuckTest, TwoBackupsAtOnceAreTwo) {
    const auto streamer = world_.stream();
    const auto one = world_.start({"backup", "run", "--component", "pg"});
    const auto other = world_.start({"backup", "run", "--component", "pg"});
    EXPECT_EQ(one->wait(90s), 0) << one->out() << one->err();
    EXPECT_EQ(other->wait(90s), 0) << other->out() << other->err();
    EXPECT_EQ(records(), 2u);
    const Ran looked = world_.run({"backup", "verify", "--component", "pg", "--all"});
    EXPECT_EQ(looked.exit, 0) << looked.out << looked.err;
    const Ran listed = world_.run({"backup", "list"});
    EXPECT_EQ(listed.exit, 0) << listed.out << listed.err;
    // The chain of records goes on from both.
    EXPECT_FALSE(back_up().empty());
    EXPECT_EQ(world_.run({"backup", "list"}).exit, 0);
}

TEST_F(StreamLuckTest, WhatCannotBeReachedAndTheWrongMachineAreRefused) {
    {
        const auto streamer = world_.stream();
        (void)back_up();
        must(world_.server().sql("INSERT INTO kept VALUES (1)"));
        ASSERT_TRUE(world_.is_level());
    }
    const fs::path into = world_.place() / "back";
    const auto to = [&](const std::string& target) {
        return world_.run({"restore", "pg", "--into", into, "--to", target});
    };
    const Ran early = to("2001-01-01T00:00:00Z");
    EXPECT_EQ(early.exit, 3) << early.err;
    EXPECT_TRUE(says(early, "near has 2")) << "what can be reached: " << early.err;
    EXPECT_EQ(to("2101-01-01T00:00:00Z").exit, 3);
    const Ran zoneless = to("2026-11-29T12:00:00");
    EXPECT_EQ(zoneless.exit, 2);
    EXPECT_TRUE(says(zoneless, "a moment with its zone")) << zoneless.err;
    EXPECT_FALSE(fs::exists(into));
    const Ran running = world_.run({"restore", "pg", "--in-place"});
    EXPECT_EQ(running.exit, 3) << running.err;
    EXPECT_TRUE(says(running, "a server runs on")) << running.err;

    const TempFolder elsewhere;
    const auto stranger = must(lab::PostgresServer::make({elsewhere.path()}));
    stranger->stop();
    const fs::path theirs = elsewhere.path() / "data";
    const auto wrong = [&](std::vector<std::string> more) {
        std::vector<std::string> words =
            world_.command({"restore", "pg", "--in-place", "--confirm", "00000000"});
        std::ranges::replace(words, world_.pg_data().string(), theirs.string());
        words.insert(words.end(), more.begin(), more.end());
        words.erase(words.begin());
        return harness::run_syncwatch(words);
    };
    const Ran refused = wrong({});
    EXPECT_EQ(refused.exit, 3) << refused.out << refused.err;
    EXPECT_TRUE(says(refused, ", and the backup is of ")) << refused.err;
    EXPECT_TRUE(says(refused, "Is this the right machine?")) << refused.err;
    EXPECT_EQ(wrong({"--dry-run"}).exit, 3);
    EXPECT_TRUE(must(stranger->start().transform([] { return true; }))) << "it is as it was";
}

TEST(StreamDiskTest, AFullPlaceIsSaidAndTheLogFollowsWhenThereIsRoom) {
    const SmallDisk disk("size=200m");
    if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
    must(lab::hand_over(disk.path()));
    World world;
    fs::remove(world.above("near"));
    fs::create_directory_symlink(disk.path(), world.above("near"));
    const auto streamer = world.stream();
    const auto back_up = [&] { return world.run({"backup", "run", "--component", "pg"}); };
    const Ran first = back_up();
    ASSERT_EQ(first.exit, 0) << first.out << first.err;
    {
        const harness::FilledDisk full(disk.path());
        must(world.server().sql("INSERT INTO kept VALUES (1)"));
        const Ran refused = back_up();
        EXPECT_EQ(refused.exit, 4) << refused.out << refused.err;
        EXPECT_NE(refused.err.find("No space left on device"), std::string::npos) << refused.err;
        EXPECT_TRUE(streamer->running()) << streamer->err();
        EXPECT_NE(streamer->err().find("No space left on device"), std::string::npos);
    }
    ASSERT_TRUE(world.is_level()) << streamer->err();
    const Ran again = back_up();
    ASSERT_EQ(again.exit, 0) << again.out << again.err;
    const Ran listed = world.run({"backup", "list", "--json"});
    EXPECT_EQ(json::parse(listed.out).at("records").as_array().size(), 2u) << listed.out;
    EXPECT_EQ(world.run({"backup", "verify", "--component", "pg", "--all"}).exit, 0);

    // Where it is to go there is no room: it is said, and what is there stays.
    const fs::path narrow = disk.path() / "narrow";
    const harness::FilledDisk full(disk.path());
    const Ran no_room = world.run({"restore", "pg", "--into", narrow});
    EXPECT_EQ(no_room.exit, 4) << no_room.out << no_room.err;
    EXPECT_NE(no_room.err.find("No space left on device"), std::string::npos) << no_room.err;
    EXPECT_FALSE(fs::exists(narrow / "recovery.signal"));
}

}  // namespace
}  // namespace syncwatch
