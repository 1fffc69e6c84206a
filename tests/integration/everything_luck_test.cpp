// What befalls a restore of everything: the wrong key, keys of a store that expire in the middle,
// damage, a full disk, two at once, a machine on which a server runs.
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "apps/lab/wait.h"
#include "harness/eventually.h"
#include "harness/filled_disk.h"
#include "harness/http_client.h"
#include "harness/long_run.h"
#include "harness/memory_s3.h"
#include "harness/process.h"
#include "harness/small_disk.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using harness::HttpClient;
using harness::Process;
using harness::Ran;
using harness::run_syncwatch;
using harness::Server;

/// An installation with SQLite, whose backups are in a store; of the machine nothing is left.
class EverythingLuckTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        world_ = std::make_unique<TempFolder>();
        store_ = std::make_unique<MemoryS3>();
        fs::create_directory(at("etc"));
        for (const char* each : {"etc/s3", "s3.kept"}) {
            std::ofstream(at(each)) << "aws_access_key_id = KEY\naws_secret_access_key = SECRET\n";
        }
        make_key("key");
        make_key("stranger");
        std::ofstream(at("etc/plan.toml"))
            << run_syncwatch({"plan", "show", "--as-file"}).out << "\n[repository.near]\nurl = \""
            << store_->url() << "\"\ncredentials_file = \"" << at("etc/s3").string()
            << "\"\n[escrow]\nrecipients = [\"" << public_half() << "\"]\n";
        std::ofstream(at("etc/sw.toml"))
            << "[data]\ndir = \"" << at("data").string() << "\"\n[recovery]\nplan = \""
            << at("etc/plan.toml").string() << "\"\n";
        Server server(at("data"), with_settings());
        HttpClient client(server.port());
        client.as(client.account("alice"));
        code_ = client.post("/api/v1/rooms", {{"name", "Film night"}}).text_at("code");
        const bool kept = harness::eventually([] {
            return !stored("/catalog/config/").empty() && !stored("/catalog/secrets/").empty();
        });
        ASSERT_TRUE(kept) << server.process().err();
        ASSERT_EQ(server.stop(), 0);
        whole_ = store_->objects();
        lose_the_machine();
    }
    static void TearDownTestSuite() {
        store_.reset();
        world_.reset();
    }
    void TearDown() override {
        store_->refuse({});
        store_->replace(whole_);
        lose_the_machine();
    }

    static fs::path at(const std::string& name) { return world_->path() / name; }
    static Server::Options with_settings() {
        Server::Options options;
        options.arguments = {"--config", at("etc/sw.toml").string()};
        return options;
    }
    static void make_key(const std::string& name) {
        Process::Options run;
        run.command = {"age-keygen", "-o", at(name).string()};
        ASSERT_EQ(Process(run).wait(), 0);
    }
    static std::string public_half() {
        Process::Options run;
        run.command = {"age-keygen", "-y", at("key").string()};
        Process process(run);
        EXPECT_EQ(process.wait(), 0);
        return process.out().substr(0, process.out().find('\n'));
    }
    static std::vector<std::string> stored(const std::string& part) {
        std::vector<std::string> names;
        for (const auto& [name, bytes] : store_->objects()) {
            if (name.find(part) != name.npos) names.push_back(name);
        }
        return names;
    }
    static void lose_the_machine() {
        for (const char* each : {"etc", "data", "new"}) fs::remove_all(at(each));
    }
    static std::vector<std::string> command(std::vector<std::string> more,
                                            const fs::path& data = at("new"),
                                            const std::string& key = "key") {
        std::vector<std::string> all{"restore",     "everything",     "--repository",
                                     store_->url(), "--credentials",  at("s3.kept").string(),
                                     "--identity",  at(key).string(), "--data-dir",
                                     data.string(), "--in-place"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    static Ran restore(std::vector<std::string> more, const fs::path& data = at("new")) {
        return run_syncwatch(command(std::move(more), data));
    }
    static std::string word(const fs::path& data = at("new")) {
        const Ran shown = restore({"--dry-run", "--json"}, data);
        EXPECT_EQ(shown.exit, 0) << shown.err;
        return std::string(json::parse(shown.out).at("token").as_string());
    }
    static void expect_room_in(const fs::path& data) {
        Server server(data, with_settings());
        HttpClient client(server.port());
        const auto in = client.post("/api/v1/auth/login",
                                    {{"username", "alice"}, {"password", "correct horse"}});
        ASSERT_EQ(in.status, 200) << in.body;
        client.as(in.text_at("token"));
        EXPECT_EQ(client.get("/api/v1/rooms/" + code_).text_at("name"), "Film night");
        EXPECT_EQ(server.stop(), 0);
    }
    static void expect_nothing_laid_down() {
        EXPECT_FALSE(fs::exists(at("etc")));
        EXPECT_FALSE(fs::exists(at("new") / "syncwatch.db"));
    }
    static bool says(const Ran& ran, const std::string& words) {
        return (ran.out + ran.err).find(words) != std::string::npos;
    }

    static inline std::unique_ptr<TempFolder> world_;
    static inline std::unique_ptr<MemoryS3> store_;
    static inline std::map<std::string, std::string> whole_;
    static inline std::string code_;
};

TEST_F(EverythingLuckTest, TheWrongKeyAndMomentsThatCannotBeAreRefused) {
    const Ran wrong = run_syncwatch(command({"--dry-run"}, at("new"), "stranger"));
    EXPECT_EQ(wrong.exit, 3) << wrong.out << wrong.err;
    EXPECT_TRUE(says(wrong, "none of the keys")) << wrong.err;
    EXPECT_EQ(restore({"--to", "2001-01-01T00:00:00Z"}).exit, 3);
    EXPECT_EQ(restore({"--to", "2101-01-01T00:00:00Z"}).exit, 3);
    const Ran zoneless = restore({"--to", "2026-11-29T12:00:00"});
    EXPECT_EQ(zoneless.exit, 2) << zoneless.err;
    EXPECT_TRUE(says(zoneless, "without a zone")) << zoneless.err;
    expect_nothing_laid_down();
}

TEST_F(EverythingLuckTest, KeysThatExpireInTheMiddleAreSaidAndNewOnesGoOn) {
    const std::string confirmed = word();
    store_->refuse([](const MemoryS3::Request& asked) {
        return asked.key.find("/part-") != asked.key.npos ? "ExpiredToken" : "";
    });
    const Ran half = restore({"--confirm", confirmed});
    EXPECT_EQ(half.exit, 4) << half.out << half.err;
    EXPECT_TRUE(says(half, "expired")) << half.err;
    EXPECT_TRUE(says(half, "it goes on from there")) << half.err;
    EXPECT_TRUE(fs::exists(at("etc/sw.toml")));
    EXPECT_FALSE(fs::exists(at("new") / "syncwatch.db"));
    store_->refuse([](const MemoryS3::Request&) { return "ExpiredToken"; });
    EXPECT_EQ(restore({"--confirm", confirmed}).exit, 4) << "from the beginning";
    store_->refuse({});
    const Ran done = restore({"--confirm", confirmed});
    ASSERT_EQ(done.exit, 0) << done.out << done.err;
    EXPECT_TRUE(says(done, "settings  is done, by an earlier run")) << done.out;
    expect_room_in(at("new"));
}

TEST_F(EverythingLuckTest, AStoreThatIsCutOffInTheMiddleIsSaidAndItGoesOnFromThere) {
    // Each request is tried for half a minute.
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    const std::string confirmed = word();
    store_->refuse([](const MemoryS3::Request& asked) {
        return asked.key.find("/part-") != asked.key.npos ? MemoryS3::kCutOff : "";
    });
    const Ran half = restore({"--confirm", confirmed});
    EXPECT_EQ(half.exit, 4) << half.out << half.err;
    EXPECT_TRUE(says(half, "it goes on from there")) << half.err;
    EXPECT_FALSE(fs::exists(at("new") / "syncwatch.db"));
    store_->refuse({});
    const Ran done = restore({"--confirm", confirmed});
    ASSERT_EQ(done.exit, 0) << done.out << done.err;
    expect_room_in(at("new"));
}

TEST_F(EverythingLuckTest, DamageIsSaidAndNotBroughtBack) {
    const std::string secrets = stored("/data/secrets/").at(0);
    const auto damaged = [&](const std::string& name, std::string bytes) {
        auto objects = whole_;
        objects[name] = std::move(bytes);
        store_->replace(std::move(objects));
    };
    std::string flipped = whole_.at(secrets);
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
    const std::string open = whole_.at(stored("/data/config/").at(0));
    for (const std::string& bytes : {flipped, flipped.substr(0, 100), std::string(), open}) {
        damaged(secrets, bytes);
        const Ran refused = restore({"--dry-run"});
        EXPECT_EQ(refused.exit, 5) << refused.out << refused.err;
        EXPECT_TRUE(says(refused, "HINT: Nothing was laid down.")) << refused.err;
    }
    auto without = whole_;
    without.erase(secrets);
    store_->replace(std::move(without));
    const Ran gone = restore({"--dry-run"});
    EXPECT_NE(gone.exit, 0) << gone.out;
    expect_nothing_laid_down();

    store_->replace(whole_);
    const std::string confirmed = word();
    const std::string part = stored("/part-").at(0);
    flipped = whole_.at(part);
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
    damaged(part, flipped);
    const Ran half = restore({"--confirm", confirmed});
    EXPECT_EQ(half.exit, 5) << half.out << half.err;
    EXPECT_TRUE(says(half, "part-000001")) << half.err;
    EXPECT_FALSE(fs::exists(at("new") / "syncwatch.db"));
    store_->replace(whole_);
    const Ran done = restore({"--confirm", confirmed});
    EXPECT_EQ(done.exit, 0) << done.out << done.err;
    expect_room_in(at("new"));
}

TEST_F(EverythingLuckTest, OfTwoAtOnceOneIsRefusedAndNothingExpiresMeanwhile) {
    const std::string confirmed = word();
    Process::Options options;
    options.command = command({"--confirm", confirmed});
    options.command.insert(options.command.begin(), harness::program());
    Process first(options);
    // It has begun, and says so in a file that it locks; and what it reads.
    const auto is_begun = [] {
        std::error_code none;
        const auto size = fs::file_size(at("new") / "restore" / "journal.ndjson", none);
        return !none && size > 0 && !stored("/hold/sqlite/").empty();
    };
    ASSERT_TRUE(lab::wait_until(is_begun, 60s, 1ms)) << first.err();
    first.signal(SIGSTOP);
    const Ran second = restore({"--confirm", confirmed});
    EXPECT_EQ(second.exit, 8) << second.out << second.err;
    EXPECT_TRUE(says(second, "another restore is at it")) << second.err;
    first.signal(SIGCONT);
    EXPECT_EQ(first.wait(60s), 0) << first.out() << first.err();
    EXPECT_TRUE(stored("/hold/").empty());
    expect_room_in(at("new"));
}

TEST_F(EverythingLuckTest, WhereAServerRunsItsDataAreLeftAloneUntilItIsStopped) {
    Server theirs(at("new"));
    HttpClient client(theirs.port());
    client.as(client.account("bob"));
    const std::string confirmed = word();
    const Ran refused = restore({"--confirm", confirmed});
    EXPECT_EQ(refused.exit, 8) << refused.out << refused.err;
    EXPECT_EQ(client.get("/api/v1/me").status, 200) << "it goes on";
    EXPECT_EQ(theirs.stop(), 0);
    const Ran done = restore({"--confirm", confirmed});
    ASSERT_EQ(done.exit, 0) << done.out << done.err;
    std::size_t aside = 0;
    for (const auto& each : fs::directory_iterator(at("new"))) {
        aside += each.path().filename().string().starts_with("syncwatch.db.before-") ? 1 : 0;
    }
    EXPECT_EQ(aside, 1u) << "and theirs is kept";
    expect_room_in(at("new"));
}

TEST_F(EverythingLuckTest, AFullDiskIsSaidAndItGoesOnWhenThereIsRoom) {
    const SmallDisk disk("size=40m");
    if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
    const fs::path data = disk.path() / "new";
    const std::string confirmed = word(data);
    {
        const harness::FilledDisk full(disk.path());
        const Ran refused = restore({"--confirm", confirmed}, data);
        EXPECT_EQ(refused.exit, 4) << refused.out << refused.err;
        EXPECT_TRUE(says(refused, "No space left on device")) << refused.err;
        EXPECT_FALSE(fs::exists(data / "syncwatch.db"));
    }
    const Ran done = restore({"--confirm", confirmed}, data);
    ASSERT_EQ(done.exit, 0) << done.out << done.err;
    expect_room_in(data);
}

/// The embedded database alone, from there.
TEST_F(EverythingLuckTest, TheDatabaseAloneIsNotBroughtBackInPart) {
    const fs::path to = at("back.db");
    const auto restore_database = [&] {
        return run_syncwatch({"restore", "database", "--repository", store_->url(), "--credentials",
                              at("s3.kept").string(), "--into", to.string()});
    };
    store_->refuse([](const MemoryS3::Request& asked) {
        return asked.key.find("/part-") != asked.key.npos ? "ExpiredToken" : "";
    });
    const Ran half = restore_database();
    EXPECT_EQ(half.exit, 4) << half.out << half.err;
    EXPECT_TRUE(says(half, "HINT: Put good keys into the file")) << half.err;
    EXPECT_FALSE(fs::exists(to));
    EXPECT_FALSE(fs::exists(to.string() + ".part"));
    store_->refuse({});
    const Ran done = restore_database();
    EXPECT_EQ(done.exit, 0) << done.out << done.err;
    EXPECT_TRUE(fs::exists(to));
    fs::remove(to);
}

}  // namespace
}  // namespace syncwatch
