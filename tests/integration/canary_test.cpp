// What was brought back in a test is used: somebody logs in, and plays a film.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "adapters/sqlite/connection.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/time.h"
#include "harness/film_upload.h"
#include "harness/object_store.h"
#include "harness/planned_installation.h"
#include "harness/postgres_stream_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;
using harness::HttpClient;
using harness::Process;
using harness::Ran;
using harness::Server;

/// Every file below a folder with a digest of its bytes and when it was written.
std::map<std::string, std::string> files_in(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& each : fs::recursive_directory_iterator(folder)) {
        if (!each.is_regular_file()) continue;
        const auto written = each.last_write_time().time_since_epoch().count();
        files[each.path().string()] =
            std::to_string(written) + " " + encode_hex(sha256(as_bytes(contents_of(each.path()))));
    }
    return files;
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(folder)) {
        names.push_back(each.path().filename().string());
    }
    return names;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A server with an embedded database that is backed up all the time.
class CanaryTest : public harness::PlannedInstallation {
protected:
    void SetUp() override {
        fs::create_directory(temporary_);
        environment_["TMPDIR"] = temporary_.string();
        write_plan({{"near", place("backups")}});
    }
    HttpClient client() const {
        HttpClient one(server_->port());
        if (!token_.empty()) one.as(token_);
        return one;
    }
    void make_account() {
        HttpClient one(server_->port());
        token_ = one.account("alice");
    }
    std::string upload() {
        HttpClient one = client();
        const std::string id = harness::upload_film(one, clip("upright.mkv"));
        harness::expect_ready(one, id);
        return id;
    }
    Ran restore_test() const { return run({"backup", "restore-test"}); }
    /// Segments of films, not what they were made of.
    std::vector<fs::path> segments() const {
        std::vector<fs::path> all;
        for (const auto& each : fs::recursive_directory_iterator(data_ / "objects")) {
            if (each.path().extension() == ".m4s") all.push_back(each.path());
        }
        EXPECT_GT(all.size(), 1u);
        return all;
    }
    void change_database(const std::string& sql) const {
        auto opened = must(sqlite::Connection::open((data_ / "syncwatch.db").string(),
                                                    sqlite::Connection::Mode::ReadWrite));
        must(opened.script(sql));
    }

    const fs::path temporary_ = folder_.path() / "tmp";
    std::unique_ptr<Server> server_;
    std::string token_;
};

TEST_F(CanaryTest, WhatCameBackIsUsedAndNothingElseIsTouched) {
    server_ = serve();
    make_account();
    wait_until_backed_up();
    const Ran early = restore_test();
    EXPECT_EQ(early.exit, 0) << early.out << early.err;
    EXPECT_TRUE(has(early.out, "a canary logged in")) << early.out;
    EXPECT_TRUE(has(early.out, "it has no film that could be played")) << early.out;

    const std::string older = upload();
    (void)upload();
    wait_until_backed_up();
    const auto before = files_in(data_ / "objects");
    const Ran used = run({"backup", "restore-test", "--json"});
    EXPECT_EQ(used.exit, 0) << used.out << used.err;
    const std::string words(json::parse(used.out).at("used").as_string());
    EXPECT_TRUE(has(words, "\"Film\" plays: ")) << words;
    EXPECT_TRUE(has(words, " segments decoded; 1 of the 1 others were drawn, and play: ")) << words;
    EXPECT_EQ(files_in(data_ / "objects"), before);
    EXPECT_FALSE(has(run({"user", "list"}).out, "canary"));
    EXPECT_TRUE(names_in(temporary_).empty());

    EXPECT_EQ(server_->stop(), 0) << "it would mend them";
    for (const fs::path& each : segments()) {
        if (has(each.string(), older)) fs::resize_file(each, 100);
    }
    const Ran sampled = restore_test();
    EXPECT_EQ(sampled.exit, 5) << sampled.out << sampled.err;
    EXPECT_TRUE(has(sampled.err, "\"Film\" does not play: videos/" + older)) << sampled.err;
    EXPECT_TRUE(has(sampled.err, "\"Film\" plays: ")) << "the newest does: " << sampled.err;
}

TEST_F(CanaryTest, AFilmThatIsDamagedIsNamedAndOneThatWasRemovedSinceIsNot) {
    server_ = serve();
    make_account();
    const std::string film = upload();
    const std::string moment = format_rfc3339(wait_until_backed_up());
    EXPECT_EQ(server_->stop(), 0) << "it would mend them";
    for (const fs::path& each : segments()) {
        std::ofstream(each, std::ios::binary) << std::string(fs::file_size(each), '\0');
    }
    for (const bool are_gone : {false, true}) {
        if (are_gone) fs::remove_all(segments().front().parent_path().parent_path());
        const Ran tried = restore_test();
        EXPECT_EQ(tried.exit, 5) << tried.out << tried.err;
        EXPECT_TRUE(has(tried.err, "\"Film\" does not play: videos/" + film)) << tried.err;
        EXPECT_TRUE(has(tried.err, "syncwatch replicate lost")) << tried.err;
        EXPECT_TRUE(has(tried.err, "a canary logged in")) << "only that: " << tried.err;
        EXPECT_TRUE(has(tried.err, "the database that came back is sound")) << tried.err;
    }
    const Ran status = run({"status"});
    EXPECT_EQ(status.exit, 5) << status.out << status.err;
    EXPECT_TRUE(has(status.out, "sqlite: \"Film\" does not play")) << status.out << status.err;
    EXPECT_FALSE(has(status.out, "DAMAGED")) << status.out;

    // That is no fault of the backup's.
    ASSERT_EQ(run({"video", "remove", film, "--now", "--confirm", film}).exit, 0);
    change_database("DELETE FROM objects");
    const Ran removed = run({"backup", "restore-test", "--to", moment});
    EXPECT_EQ(removed.exit, 0) << removed.out << removed.err;
    EXPECT_TRUE(has(removed.out, "its newest were removed since")) << removed.out;
    EXPECT_FALSE(has(run({"status"}).out, "does not play"));
}

TEST_F(CanaryTest, RowsThatAreSoundAndOfNoUseAreSeen) {
    server_ = serve();
    make_account();
    EXPECT_EQ(server_->stop(), 0);
    change_database("ALTER TABLE users RENAME COLUMN password_hash TO lost");
    server_ = serve();
    wait_until_backed_up();
    const Ran tried = restore_test();
    EXPECT_EQ(tried.exit, 5) << tried.out << tried.err;
    EXPECT_TRUE(has(tried.err, "no account can be made in it")) << tried.err;
    EXPECT_TRUE(has(tried.err, "password_hash")) << tried.err;
    const Ran status = run({"status"});
    EXPECT_EQ(status.exit, 5) << status.out << status.err;
    EXPECT_TRUE(has(status.out, "DAMAGED")) << status.out;
    EXPECT_TRUE(has(status.out, "no account can be made in it")) << status.out;
}

TEST_F(CanaryTest, AServerOnTrialRemovesNothing) {
    server_ = serve();
    make_account();
    const std::string film = upload();
    EXPECT_EQ(server_->stop(), 0);
    change_database("INSERT INTO doomed (key) VALUES ('videos/" + film + "')");
    const auto before = files_in(data_ / "objects");
    {
        const auto trial = serve({"--trial"});
        EXPECT_EQ(HttpClient(trial->port()).get("/health").status, 200);
        std::this_thread::sleep_for(500ms);
        EXPECT_EQ(trial->stop(), 0);
    }
    EXPECT_EQ(files_in(data_ / "objects"), before);
    server_ = serve();
    const fs::path folder = data_ / "objects" / "videos" / film;
    EXPECT_TRUE(harness::eventually([&] { return !fs::exists(folder); })) << "another does";
}

TEST_F(CanaryTest, WhatAKilledTestLeftGoesWithTheNext) {
    server_ = serve();
    make_account();
    wait_until_backed_up();
    Process::Options options;
    options.command = {harness::program(), "backup", "restore-test", "--data-dir", data_.string()};
    options.environment = environment_;
    Process killed(options);
    const auto canary_serves = [&] {
        for (const auto& each : fs::directory_iterator(temporary_)) {
            if (fs::exists(each.path() / "canary")) return true;
        }
        return false;
    };
    ASSERT_TRUE(harness::eventually(canary_serves)) << killed.err();
    killed.signal(SIGKILL);
    (void)killed.wait();
    EXPECT_FALSE(names_in(temporary_).empty());
    EXPECT_EQ(restore_test().exit, 0);
    // What it had started ends with it, and a little later.
    const auto all_gone = [&] { return restore_test().exit == 0 && names_in(temporary_).empty(); };
    EXPECT_TRUE(names_in(temporary_).empty() || harness::eventually(all_gone));
}

/// The same in the production shape: PostgreSQL, backed up over the network, and S3.
TEST(CanaryOfPostgresTest, WhatCameBackIsUsedAndWhatCannotBeIsSeen) {
    harness::PostgresStreamWorld world;
    must(world.server().create_database("films"));
    const fs::path keys = world.place() / "keys";
    fs::copy_file(TestObjectStore::credentials_file(), keys);
    must(lab::hand_over(keys));
    const std::vector<std::string> shape{
        "--database-url",       world.server().url("films"),  "--objects-url",
        TestObjectStore::url(), "--objects-credentials-file", keys.string()};
    const auto run = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), shape.begin(), shape.end());
        return world.run(std::move(arguments));
    };
    {
        Server::Options options;
        options.arguments = shape;
        options.user = harness::unprivileged();
        Server server(world.data_dir(), options);
        HttpClient client(server.port());
        client.as(HttpClient(server.port()).account("alice"));
        harness::expect_ready(client, harness::upload_film(client, clip("upright.mkv")));
        EXPECT_EQ(server.stop(), 0);
    }
    const auto streamer = world.stream();
    const auto made = run({"backup", "run", "--component", "pg"});
    ASSERT_EQ(made.exit, 0) << made.out << made.err;
    const std::vector<std::string> look{"backup", "verify",  "--component",
                                        "pg",     "--level", "restore"};
    const Ran used = run(look);
    EXPECT_EQ(used.exit, 0) << used.out << used.err;
    EXPECT_TRUE(has(used.out, "near: a canary logged in")) << used.out;
    EXPECT_TRUE(has(used.out, "\"Film\" plays: ")) << used.out;

    // The last word counts.
    std::vector<std::string> without = look;
    without.insert(without.end(), shape.begin(), shape.end());
    without.insert(without.end(), {"--objects-url", "s3:http://localhost:1/films"});
    const Ran away = world.run(without);
    EXPECT_EQ(away.exit, 0) << away.out << away.err;
    EXPECT_TRUE(has(away.out, "no film was played: an object store does not answer")) << away.out;

    must(world.server().sql("ALTER TABLE users RENAME COLUMN password_hash TO lost", "films"));
    ASSERT_EQ(run({"backup", "run", "--component", "pg"}).exit, 0);
    const Ran broken = run(look);
    EXPECT_EQ(broken.exit, 5) << broken.out << broken.err;
    EXPECT_TRUE(has(broken.out, "near: no account can be made in it")) << broken.out;
    EXPECT_TRUE(has(broken.out, "password_hash")) << broken.out;
}

}  // namespace
}  // namespace syncwatch
