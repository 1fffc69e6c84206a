// A machine that is lost, and all of it brought back by one command from a recovery key and the
// address of a repository.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "harness/film_night.h"
#include "harness/planned_installation.h"
#include "harness/recovery_key.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using harness::Process;
using harness::Ran;
using harness::run_syncwatch;
using harness::Server;

/// An installation with two places for backups and two stores, with somebody, a room, its chat and
/// a film. The near place is encrypted, the far one is not. Of the machine itself nothing is left:
/// each test begins with what is elsewhere.
class RestoreEverythingTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        world_ = std::make_unique<TempFolder>();
        for (const char* each : {"etc", "near", "far"}) fs::create_directory(at(each));
        harness::make_recovery_key(at("key"));
        write_settings();
        Server::Options options;
        options.arguments = {"--config", at("etc/sw.toml").string()};
        Server server(at("data"), options);
        fill(server);
        const bool kept = harness::eventually([] { return backed_up("config", "secrets"); });
        ASSERT_TRUE(kept) << run({"backup", "list"}).out;
        // What a stop ships a kill would have shipped within seconds.
        ASSERT_EQ(server.stop(), 0);
        last_ = harness::wall_now();
        etc_ = all_in(at("etc"));
        lose_the_machine();
    }
    static void TearDownTestSuite() { world_.reset(); }
    void TearDown() override { lose_the_machine(); }

    static fs::path at(const std::string& name) { return world_->path() / name; }
    static std::string place(const char* name) { return "file:" + at(name).string(); }
    static void write_settings() {
        std::ofstream(at("etc/token")) << "token-of-the-metrics\n";
        fs::permissions(at("etc/token"), fs::perms::owner_read | fs::perms::owner_write);
        const fs::path key = at("etc/repository-key");
        ASSERT_EQ(run_syncwatch({"backup", "new-key", key.string()}).exit, 0);
        std::ofstream(at("etc/plan.toml"))
            << harness::plan_with({{"far", place("far")}, {"near", place("near")}})
            << "key_file = \"" << key.string() << "\"\n[escrow]\nrecipients = [\""
            << harness::public_half(at("key")) << "\"]\n";
        std::ofstream(at("etc/sw.toml"))
            << "[data]\ndir = \"" << at("data").string() << "\"\n[objects]\nsecond = \""
            << place("second") << "\"\n[metrics]\ntoken_file = \"" << at("etc/token").string()
            << "\"\n[recovery]\nplan = \"" << at("etc/plan.toml").string() << "\"\n";
    }
    static Ran run(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--config", at("etc/sw.toml").string()});
        return run_syncwatch(std::move(arguments));
    }
    static bool backed_up(const std::string& one, const std::string& other) {
        const Ran listed = run({"backup", "list", "--json"});
        if (listed.exit != 0) return false;
        std::size_t found = 0;
        const json::value said = json::parse(listed.out);
        for (const json::value& each : said.at("records").as_array()) {
            const std::string name(each.at("component").as_string());
            if (name == one || name == other) found += each.at("places").as_array().size();
        }
        return found >= 4;
    }
    static void fill(const Server& server) {
        ASSERT_NO_FATAL_FAILURE(night_.begin(server));
        const bool copied = harness::eventually([] {
            const Ran ran = run({"replicate", "status", "--json"});
            return json::parse(ran.out).at("replication").at("pending_objects") == 0;
        });
        ASSERT_TRUE(copied);
    }
    static std::map<std::string, std::string> all_in(const fs::path& folder) {
        std::map<std::string, std::string> all;
        for (const auto& each : fs::recursive_directory_iterator(folder)) {
            if (each.is_regular_file()) all[each.path().filename()] = contents_of(each.path());
        }
        return all;
    }
    static void lose_the_machine() {
        for (const char* each : {"etc", "data", "new", "look"}) fs::remove_all(at(each));
    }

    static std::vector<std::string> command(const char* from, std::vector<std::string> more) {
        std::vector<std::string> all{"restore",    "everything",      "--repository",
                                     place(from),  "--identity",      at("key").string(),
                                     "--data-dir", at("new").string()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    static Ran restore(const char* from, std::vector<std::string> more) {
        return run_syncwatch(command(from, std::move(more)));
    }
    static std::string token(const char* from) {
        const Ran shown = restore(from, {"--in-place", "--dry-run", "--json"});
        EXPECT_EQ(shown.exit, 0) << shown.err;
        return std::string(json::parse(shown.out).at("token").as_string());
    }
    /// Serves what was brought back: everything is as it was.
    static void expect_all_back() {
        EXPECT_EQ(all_in(at("etc")), etc_);
        Server::Options options;
        options.arguments = {"--config", at("etc/sw.toml").string()};
        Server server(at("new"), options);
        ASSERT_NO_FATAL_FAILURE(night_.expect_back(server, {"It begins"}));
        // It is backed up again, under the same name.
        const WallTime begun = harness::wall_now();
        EXPECT_TRUE(harness::eventually([&] {
            const Ran listed = run({"backup", "list", "--json", "--data-dir", at("new").string()});
            return listed.exit == 0 && harness::reaches(listed.out, begun);
        })) << run({"backup", "list"}).out;
        EXPECT_EQ(server.stop(), 0);
    }

    static inline std::unique_ptr<TempFolder> world_;
    static inline harness::FilmNight night_;
    static inline std::map<std::string, std::string> etc_;
    static inline WallTime last_;
};

TEST_F(RestoreEverythingTest, AKeyAndAnAddressBringAllOfItBack) {
    const Ran sets = run_syncwatch({"backup", "sets", "--repository", place("near"), "--identity",
                                    at("key").string(), "--json"});
    ASSERT_EQ(sets.exit, 0) << sets.out << sets.err;
    const Ran asked = restore("near", {"--in-place"});
    EXPECT_EQ(asked.exit, 10) << asked.err;
    const Ran shown = restore("near", {"--in-place", "--dry-run", "--json"});
    ASSERT_EQ(shown.exit, 0) << shown.err;
    const json::value said = json::parse(shown.out);
    EXPECT_EQ(said.at("steps").as_array().size(), 5u) << shown.out;
    EXPECT_EQ(said.at("set").at("moment"), json::parse(sets.out).at("sets").at(0).at("moment"));
    EXPECT_GE(said.at("lost_seconds").to_number<double>(), 0);
    EXPECT_FALSE(fs::exists(at("etc"))) << "it only said so";
    EXPECT_FALSE(fs::exists(at("new")));

    const auto begun = std::chrono::steady_clock::now();
    const std::string word(said.at("token").as_string());
    const Ran done = restore("near", {"--in-place", "--confirm", word});
    ASSERT_EQ(done.exit, 0) << done.out << done.err;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::printf("brought back in %.2f s\n", took.count());
    EXPECT_NE(done.out.find("marked to mend"), std::string::npos) << done.out;
    EXPECT_NE(done.out.find("syncwatch doctor --config " + at("etc/sw.toml").string()),
              std::string::npos);
    expect_all_back();
    // Done is done: what is there now is replaced for nobody who did not look.
    const auto written = fs::last_write_time(at("new") / "syncwatch.db");
    const Ran again = restore("near", {"--in-place", "--confirm", word});
    EXPECT_EQ(again.exit, 0) << again.err;
    EXPECT_NE(again.out.find("This was done"), std::string::npos) << again.out;
    EXPECT_EQ(fs::last_write_time(at("new") / "syncwatch.db"), written);
}

TEST_F(RestoreEverythingTest, TheFarPlaceAloneIsEnoughHoweverOftenItIsKilled) {
    fs::rename(at("near"), at("near.lost"));
    const std::string word = token("far");
    int kills = 0;
    bool is_done = false;
    for (int life = 1; life <= 20 && !is_done; ++life) {
        Process::Options options;
        options.command = command("far", {"--in-place", "--confirm", word});
        options.command.insert(options.command.begin(), harness::program());
        Process process(options);
        const auto ended = process.wait(life * 20ms);
        if (ended) {
            is_done = *ended == 0;
            EXPECT_TRUE(is_done) << process.out() << process.err();
            break;
        }
        process.signal(SIGKILL);
        (void)process.wait();
        ++kills;
    }
    if (!is_done) {
        const Ran last = restore("far", {"--in-place", "--confirm", word});
        EXPECT_EQ(last.exit, 0) << last.out << last.err;
    }
    std::printf("killed %d times\n", kills);
    EXPECT_GT(kills, 0);
    fs::rename(at("near.lost"), at("near"));
    expect_all_back();
}

TEST_F(RestoreEverythingTest, WhatIsInNoStoreIsListedAndWhatIsInTheWayIsMended) {
    const fs::path piece = at("second") / "videos" / night_.film() / "1" / "poster.jpg";
    fs::rename(piece, at("kept.jpg"));
    // Somebody is in the way in the middle of it: it says so, and goes on when they are gone.
    fs::create_directories(at("new") / "syncwatch.db.restoring" / "x");
    const std::string word = token("near");
    const Ran stopped = restore("near", {"--in-place", "--confirm", word});
    EXPECT_NE(stopped.exit, 0);
    EXPECT_NE(stopped.err.find("it goes on from there"), std::string::npos) << stopped.err;
    EXPECT_TRUE(fs::exists(at("etc/sw.toml")));
    fs::remove_all(at("new") / "syncwatch.db.restoring");
    EXPECT_EQ(restore("near", {"--in-place"}).exit, 10) << "by the same word";
    EXPECT_EQ(
        restore("near", {"--in-place", "--to", format_rfc3339(last_), "--confirm", word}).exit, 3)
        << "another was begun";
    const Ran done = restore("near", {"--in-place", "--confirm", word, "--json"});
    EXPECT_EQ(done.exit, 5) << done.out << done.err;
    const json::value said = json::parse(done.out);
    ASSERT_EQ(said.at("lost").as_array().size(), 1u) << done.out;
    EXPECT_NE(said.at("lost").at(0).as_string().find("poster.jpg"), std::string::npos);
    EXPECT_EQ(said.at("done").at(0).at("did"), "earlier");
    const Ran again = run({"validate", "stores", "--dry-run", "--data-dir", at("new").string()});
    EXPECT_EQ(again.exit, 5) << again.out << again.err;
    fs::rename(at("kept.jpg"), piece);
    EXPECT_EQ(run({"validate", "stores", "--data-dir", at("new").string()}).exit, 0);
}

TEST_F(RestoreEverythingTest, WithoutItsKeyAnEncryptedPlaceIsNoDamagedOne) {
    const Ran none = run_syncwatch({"backup", "list", "--repository", place("near"), "--json"});
    EXPECT_EQ(none.exit, 3) << none.out << none.err;
    EXPECT_EQ(json::parse(none.out).at("code"), "encrypted") << none.out;
    harness::make_recovery_key(at("strange"));
    const Ran strange = run_syncwatch({"restore", "everything", "--repository", place("near"),
                                       "--identity", at("strange").string(), "--data-dir",
                                       at("new").string(), "--in-place", "--dry-run"});
    EXPECT_EQ(strange.exit, 3) << strange.out << strange.err;
    EXPECT_NE(strange.err.find("none of the keys"), std::string::npos) << strange.err;
    // What lies there says nothing but that it does.
    for (const auto& each : fs::recursive_directory_iterator(at("near") / "v1/cluster")) {
        if (!each.is_regular_file()) continue;
        EXPECT_EQ(contents_of(each.path()).substr(0, 8), "SWCRYPT1") << each.path();
    }
    const Ran listed = run_syncwatch({"backup", "list", "--repository", place("near"), "--identity",
                                      at("key").string(), "--json"});
    EXPECT_EQ(listed.exit, 0) << listed.err;
    const Ran far = run_syncwatch({"backup", "list", "--repository", place("far"), "--json"});
    EXPECT_EQ(json::parse(listed.out).at("records"), json::parse(far.out).at("records"));
}

TEST_F(RestoreEverythingTest, BelowAFolderItIsLaidDownToBeLookedAt) {
    const Ran shown =
        run_syncwatch({"restore", "everything", "--repository", place("near"), "--identity",
                       at("key").string(), "--into", at("look").string(), "--dry-run", "--json"});
    ASSERT_EQ(shown.exit, 0) << shown.err;
    const std::string word(json::parse(shown.out).at("token").as_string());
    const Ran done =
        run_syncwatch({"restore", "everything", "--repository", place("near"), "--identity",
                       at("key").string(), "--into", at("look").string(), "--confirm", word});
    ASSERT_EQ(done.exit, 0) << done.out << done.err;
    const auto below = [](const fs::path& path) { return at("look") / path.relative_path(); };
    EXPECT_EQ(contents_of(below(at("etc/token"))), "token-of-the-metrics\n");
    EXPECT_TRUE(fs::exists(below(at("data/syncwatch.db"))));
    EXPECT_FALSE(fs::exists(at("etc")));
    EXPECT_FALSE(fs::exists(at("new")));
    EXPECT_EQ(restore("near", {}).exit, 2) << "where to?";
    EXPECT_EQ(restore("near", {"--in-place", "--to", "2001-01-01T00:00:00Z"}).exit, 3);
}

}  // namespace
}  // namespace syncwatch
