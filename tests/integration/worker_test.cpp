// A node that does not transcode, and workers that do it for it, each of which may die.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "harness/eventually.h"
#include "harness/film_upload.h"
#include "harness/made_film.h"
#include "harness/nodes.h"
#include "harness/object_store.h"
#include "harness/played_stream.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::entries;
using harness::HttpClient;
using harness::Server;

class WorkerTest : public testing::Test, protected harness::Nodes {
protected:
    WorkerTest()
        : Nodes(Shared{.redis = false,
                       .films = true,
                       // All of one name: neither may take another's work for its own.
                       .arguments = {"--node-name", "films", "--media-lease", "3s",
                                     // Thorough, so that there is time to break something.
                                     "--media-preset", "slow"}}) {
        start("node", {"--media-work", "false"});
        token_ = at("node").account("alice");
    }

    void start_worker(const std::string& name, std::vector<std::string> more = {}) {
        Server::Options options;
        options.command = "worker";
        options.arguments = std::move(more);
        start(name, std::move(options));
    }
    std::string upload(const std::filesystem::path& file) {
        return harness::upload_film(at("node").as(token_), file);
    }
    void expect_ready(const std::string& film) {
        harness::expect_ready(at("node").as(token_), film);
    }
    boost::json::object video(const std::string& film) {
        return at("node").as(token_).get("/api/v1/videos/" + film).json().as_object();
    }
    bool works(const std::string& name) {
        const auto transcoder = component(name, "transcoder");
        return transcoder.at("detail").as_string().starts_with("1 under way");
    }
    /// Films take their time.
    template <class Question>
    static bool eventually(Question question) {
        return harness::eventually(question, 200s);
    }

    std::string token_;
};

TEST_F(WorkerTest, AFilmOfAWorkerThatIsKilledIsMadeByTheOther) {
    start_worker("one");
    const std::string film = upload(clip("film.mp4"));
    const auto playable = [&] { return video(film).at("playable_until").to_number<double>(); };
    EXPECT_TRUE(eventually([&] { return playable() >= 2; })) << "nodes hear of each step";
    start_worker("two");
    EXPECT_TRUE(works("one")) << "a worker of the same name took its job";
    EXPECT_EQ(at("two").get("/health/ready").status, 200);
    EXPECT_TRUE(has("two", "syncwatch_transcodes_running 0"));
    EXPECT_EQ(at("two").get("/api/v1/setup").status, 404) << "it is no node";

    const double before = playable();
    node("one").kill();
    EXPECT_TRUE(eventually([&] { return works("two"); }));
    EXPECT_GE(playable(), before) << "nothing is made twice";
    expect_ready(film);
    EXPECT_EQ(node("two").stop(), 0);
}

TEST_F(WorkerTest, OfTwoAtOneFilmOneMayBeKilled) {
    const auto twice = folder() / "twice.mp4";
    (void)output_of("ffmpeg -v error -nostdin -stream_loop 1 -i " + clip("film.mp4").string() +
                    " -c copy " + twice.string());
    for (const char* name : {"one", "two"}) {
        start_worker(name, {"--media-part", "4s", "--media-preset", "fast"});
    }
    const std::string film = upload(twice);
    EXPECT_TRUE(eventually([&] { return works("one") && works("two"); })) << "one helps";
    node("two").kill();
    expect_ready(film);
    HttpClient viewer = at("node");
    const auto rungs = entries(viewer, std::string(video(film).at("master").as_string()));
    ASSERT_FALSE(rungs.empty());
    const auto highest = harness::played(viewer, rungs.front());
    EXPECT_EQ(highest.segments.size(), 8u);
    const auto frames = frames_in(highest.bytes());
    ASSERT_EQ(frames.size(), 384u);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        ASSERT_EQ(frames[i].number, static_cast<int>(i % 192));
        ASSERT_NEAR(frames[i].at, static_cast<double>(i) / 24, 0.0005);
    }
}

TEST_F(WorkerTest, AWorkerThatIsToldToStopGivesItsFilmBackAtOnce) {
    start_worker("one");
    const std::string film = upload(clip("film.mp4"));
    EXPECT_TRUE(eventually([&] { return works("one"); }));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(node("one").stop(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    start_worker("two");
    EXPECT_TRUE(eventually([&] { return works("two"); }));
}

TEST_F(WorkerTest, WhatNoStoreHasIsMadeByAWorkerWhileAViewerOfTheNodeWaits) {
    start_worker("one");
    start_worker("two");
    const std::string film = upload(clip("ready.mp4"));
    expect_ready(film);
    const std::string master(video(film).at("master").as_string());
    const std::string base = master.substr(0, master.rfind('/') + 1);
    const std::string prefix = "videos/" + film + "/";
    TestS3Client store(objects());
    HttpClient viewer = at("node");
    std::vector<std::string> wanted{"poster.jpg"};
    for (const std::string& rung : entries(viewer, master)) {
        wanted.push_back(entries(viewer, rung).back().substr(base.size()));
    }
    ASSERT_GE(wanted.size(), 3u);
    for (const std::string& each : wanted) {
        const std::string key = prefix + (each == "poster.jpg" ? "1/" : "") + each;
        ASSERT_TRUE(run_to_end(store.client.remove(key))) << key;
        const auto begun = std::chrono::steady_clock::now();
        const auto answer = viewer.get(base + each);
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun);
        EXPECT_EQ(answer.status, 200) << each << ": " << answer.body;
        EXPECT_GT(answer.body.size(), 500u);
        EXPECT_TRUE(store.get(key).value() == answer.body);
        std::printf("%s: %d ms\n", each.c_str(), static_cast<int>(took.count()));
    }
    double made = 0;
    for (const char* worker : {"one", "two"}) {
        made += sample(worker, "syncwatch_objects_healed_total{source=\"original\"}");
    }
    EXPECT_EQ(made, static_cast<double>(wanted.size())) << "each once";
}

/// With backups at given times, into a store that all of them share.
class StandInTest : public testing::Test, protected harness::Nodes {
protected:
    StandInTest()
        : Nodes(Shared{.redis = true,
                       .films = true,
                       // PostgreSQL is backed up on its own machine.
                       .arguments = {"--recovery-pg-data", "/nowhere"}}) {
        const std::filesystem::path plan = folder() / "plan.toml";
        std::ofstream(plan) << harness::run_syncwatch({"plan", "show", "--as-file"}).out
                            << "\n[repository.near]\nurl = \"" << TestObjectStore::url()
                            << "\"\ncredentials_file = \""
                            << TestObjectStore::credentials_file().string() << "\"\n";
        plan_ = plan.string();
    }
    bool leads(const std::string& name, bool wanted) {
        return harness::eventually([&] { return has(name, wanted ? kLeads + "1" : kLeads + "0"); },
                                   60s);
    }
    double age(const std::string& name, const std::string& component) {
        return sample(name,
                      "syncwatch_backup_component_age_seconds{component=\"" + component + "\"}");
    }

    const std::string kLeads = "syncwatch_backup_leads ";
    std::string plan_;
};

TEST_F(StandInTest, AWorkerBacksUpWhatIsSharedWhileThereIsNoNode) {
    start("node", {"--recovery-plan", plan_});
    ASSERT_TRUE(leads("node", true)) << component("node", "backup");
    Server::Options options;
    options.command = "worker";
    options.arguments = {"--recovery-plan", plan_, "--recovery-redis-url", redis().url()};
    start("worker", options);
    EXPECT_TRUE(harness::eventually([&] { return age("node", "config") > 0; }, 60s));
    EXPECT_TRUE(has("worker", kLeads + "0"));
    EXPECT_TRUE(harness::eventually([&] {
        return component("worker", "backup").at("detail") == "another node makes them";
    })) << component("worker", "backup");

    EXPECT_EQ(node("node").stop(), 0);
    ASSERT_TRUE(leads("worker", true)) << component("worker", "backup");
    EXPECT_TRUE(harness::eventually([&] { return age("worker", "redis") > 0; }, 60s));
    EXPECT_EQ(age("worker", "config"), 0) << "its settings are no node's";

    start("another", {"--recovery-plan", plan_});
    EXPECT_TRUE(leads("another", true));
    EXPECT_TRUE(leads("worker", false));
    EXPECT_EQ(age("worker", "redis"), 0) << "it knows nothing of it any more";
    EXPECT_EQ(node("worker").stop(), 0);
}

TEST(WorkerAloneTest, WithoutWhatNodesShareItSaysWhatIsMissing) {
    const TempFolder folder;
    const auto ran = harness::run_syncwatch({"worker", "--data-dir", folder.path().string()});
    EXPECT_EQ(ran.exit, 2) << ran.err;
    for (const char* each : {"database.url", "objects.url", "bus.url", "HINT: "}) {
        EXPECT_NE(ran.err.find(each), std::string::npos) << ran.err;
    }
}

}  // namespace
}  // namespace syncwatch
