// A store for backups that turns bad in the middle: its keys expire, or what it lists is older than
// what is there. PostgreSQL is backed up into it over its replication protocol.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "harness/memory_s3.h"
#include "harness/postgres_stream_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using harness::Ran;
using World = harness::PostgresStreamWorld;

class BadStoreTest : public testing::Test {
protected:
    BadStoreTest() {
        const fs::path keys = world_.place() / "keys";
        std::ofstream(keys) << "aws_access_key_id = KEY\naws_secret_access_key = SECRET\n";
        must(lab::hand_over(keys));
        std::ofstream(world_.plan()) << "plan_version = 1\n[repository.near]\nurl = \""
                                     << store_.url() << "\"\ncredentials_file = \"" << keys.string()
                                     << "\"\n[backup.database]\nkeep = \"1s\"\nkeep_full = 1\n";
    }
    void back_up() {
        const Ran made = world_.run({"backup", "run", "--component", "pg"});
        ASSERT_EQ(made.exit, 0) << made.out << made.err;
    }
    /// From the first request on that has this in its name.
    void expire_keys_at(const std::string& part) {
        auto begun = std::make_shared<std::atomic<bool>>(false);
        store_.refuse([part, begun](const MemoryS3::Request& asked) -> std::string {
            if (asked.key.find(part) != asked.key.npos) *begun = true;
            return *begun ? "ExpiredToken" : "";
        });
    }
    void renew_keys() { store_.refuse({}); }
    std::vector<std::string> stored(const std::string& part) const {
        std::vector<std::string> names;
        for (const auto& [name, bytes] : store_.objects()) {
            if (name.find(part) != name.npos) names.push_back(name);
        }
        return names;
    }
    static void expect_told(const Ran& ran) {
        EXPECT_EQ(ran.exit, 4) << ran.out << ran.err;
        const bool is_said = ran.err.find("expired") != ran.err.npos;
        EXPECT_TRUE(is_said) << ran.err;
        EXPECT_NE(ran.err.find("HINT: Put good keys into the file"), ran.err.npos) << ran.err;
        EXPECT_EQ(ran.err.find("SECRET"), ran.err.npos) << ran.err;
    }

    MemoryS3 store_;
    World world_;
};

TEST_F(BadStoreTest, KeysThatExpireInTheMiddleAreSaidAndNewOnesGoOn) {
    auto streamer = world_.stream();
    expire_keys_at("/data/pg/");
    expect_told(world_.run({"backup", "run", "--component", "pg"}));
    EXPECT_TRUE(stored("/catalog/").empty()) << "nothing says that there is one";
    must(world_.server().sql("INSERT INTO kept VALUES (1)"));
    std::this_thread::sleep_for(1s);
    EXPECT_TRUE(streamer->running()) << streamer->err();
    renew_keys();
    EXPECT_TRUE(world_.is_level()) << "the log was kept, and follows";
    back_up();
    EXPECT_EQ(stored("/catalog/").size(), 1u);

    must(world_.server().sql("SELECT pg_switch_wal()"));
    ASSERT_TRUE(world_.is_level());
    ASSERT_TRUE(harness::eventually([&] { return !stored("/whole/").empty(); }));
    const std::string last = fs::path(stored("/whole/").back()).stem().stem();
    const fs::path got = world_.data_dir() / "got";
    const auto get = [&](const std::string& name) {
        return world_.run({"wal-get", name, got.string(), "--patience", "1s"});
    };
    EXPECT_EQ(get(last).exit, 0);
    const std::string none = "000000010000000000000F00";
    EXPECT_EQ(get(none).exit, 1);
    store_.refuse([](const MemoryS3::Request&) { return "InvalidAccessKeyId"; });
    const Ran refused = get(last);
    EXPECT_EQ(refused.exit, 126) << "never the end of the log: " << refused.err;
    EXPECT_NE(refused.err.find("InvalidAccessKeyId"), refused.err.npos) << refused.err;
    // Nobody can tell that it is absent who may not list.
    store_.refuse(
        [](const MemoryS3::Request& asked) { return asked.key.empty() ? "ExpiredToken" : ""; });
    EXPECT_EQ(get(none).exit, 126);
    renew_keys();

    const fs::path back = world_.place() / "back";
    expire_keys_at("/base/");
    expect_told(world_.run({"restore", "pg", "--into", back.string()}));
    EXPECT_FALSE(fs::exists(back / "PG_VERSION"));
    renew_keys();
    const Ran restored = world_.run({"restore", "pg", "--into", back.string()});
    EXPECT_EQ(restored.exit, 0) << restored.out << restored.err;
    EXPECT_TRUE(fs::exists(back / "PG_VERSION"));
}

TEST_F(BadStoreTest, AListThatIsOlderThanWhatIsThereCostsNothing) {
    const auto streamer = world_.stream();
    for (int i = 0; i < 3; ++i) back_up();
    std::this_thread::sleep_for(1100ms);
    const auto records = stored("/catalog/pg/");
    ASSERT_EQ(records.size(), 3u);
    const auto before = store_.objects();
    const auto said = [&](std::vector<std::string> words) {
        const Ran ran = world_.run(std::move(words));
        EXPECT_EQ(ran.exit, 0) << ran.out << ran.err;
        return ran.out + ran.err;
    };
    const auto id_of = [](const std::string& name) { return fs::path(name).stem().string(); };
    // One of the middle: the one after it knows of it.
    store_.list_stale(id_of(records[1]));
    const std::string listed = said({"backup", "list"});
    EXPECT_NE(listed.find(id_of(records[1])), listed.npos) << listed;
    EXPECT_EQ(listed.find("is gone"), listed.npos) << listed;
    EXPECT_NE(listed.find("not listed"), listed.npos) << listed;
    const std::string kept = said({"backup", "expire", "--component", "pg"});
    EXPECT_NE(kept.find("does not list all that is there"), kept.npos) << kept;
    // The newest: what is older stays for it.
    store_.list_stale(id_of(records[2]));
    EXPECT_EQ(
        said({"backup", "expire", "--component", "pg", "--dry-run"}).find(id_of(records[1]) + "\n"),
        std::string::npos)
        << "the last that is seen stays";
    for (const auto& [name, bytes] : before) {
        EXPECT_TRUE(store_.objects().contains(name) || name.find("/log/") != name.npos) << name;
    }
    store_.list_stale({});
    const std::string gone = said({"backup", "expire", "--component", "pg"});
    EXPECT_NE(gone.find("is gone"), gone.npos) << gone;
    // What was removed is listed still: it is no backup, and nothing is wrong.
    store_.list_stale({}, {records[0]});
    const std::string after = said({"backup", "list"});
    EXPECT_EQ(after.find("is gone, and nothing expired it"), after.npos) << after;
    EXPECT_NE(after.find(id_of(records[2])), after.npos) << after;
}

}  // namespace
}  // namespace syncwatch
