// A node that does not transcode, and workers that do it for it, each of which may die.
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "apps/lab/postgres_server.h"
#include "base/encoding.h"
#include "harness/clips.h"
#include "harness/http_client.h"
#include "harness/made_film.h"
#include "harness/object_store.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;
using harness::Server;

class WorkerTest : public testing::Test {
protected:
    WorkerTest() {
        auto made = lab::PostgresServer::make({postgres_folder_.path()});
        if (!made) throw std::runtime_error(made.error().message);
        postgres_ = *std::move(made);
        std::ofstream(folder_.path() / "keys")
            << "[default]\naws_access_key_id = " << TestObjectStore::kAccessKey
            << "\naws_secret_access_key = " << TestObjectStore::kSecretKey << "\n";
        objects_ = TestObjectStore::url();
        start("node", "serve", {"--media-work", "false"});
        token_ = at("node").account("alice");
    }

    void start(const std::string& name, const std::string& command,
               const std::vector<std::string>& more = {}) {
        Server::Options options;
        options.command = command;
        options.arguments = {"--database-url", postgres_->url(), "--bus-url",
                             "postgres:", "--objects-url", objects_, "--objects-credentials-file",
                             folder_.path() / "keys",
                             // All of one name: neither may take another's work for its own.
                             "--node-name", "films", "--media-lease", "3s",
                             // Thorough, so that there is time to break something.
                             "--media-preset", "slow"};
        options.arguments.insert(options.arguments.end(), more.begin(), more.end());
        servers_[name] = std::make_unique<Server>(folder_.path() / name, options);
    }
    HttpClient at(const std::string& name) { return HttpClient(servers_.at(name)->port()); }
    boost::json::object video(const std::string& path) {
        return at("node").as(token_).get(path).json().as_object();
    }
    /// Gives the path of the film.
    std::string upload(const std::filesystem::path& file) {
        const std::string bytes = contents_of(file);
        const auto sent = at("node").as(token_).request(
            "POST", "/api/v1/uploads", bytes,
            {{"Tus-Resumable", "1.0.0"},
             {"Upload-Length", std::to_string(bytes.size())},
             {"Content-Type", "application/offset+octet-stream"},
             {"Upload-Metadata", "filename " + encode_base64(as_bytes("Film.mp4"))}});
        EXPECT_EQ(sent.status, 201) << sent.body;
        return "/api/v1/videos/" + sent.field("SyncWatch-Video");
    }
    bool works(const std::string& name) {
        const auto health = at(name).get("/health").json();
        const auto& detail = health.at("components").at("transcoder").at("detail").as_string();
        return detail.starts_with("1 under way");
    }
    /// What a player puts together of the film's highest rung, and of how many segments.
    std::pair<std::string, int> played(const std::string& film) {
        std::string bytes;
        int segments = 0;
        std::string path(video(film).at("master").as_string());
        for (const bool is_master : {true, false}) {
            const std::string base = path.substr(0, path.rfind('/') + 1);
            std::istringstream lines(at("node").get(path).body);
            for (std::string line; std::getline(lines, line);) {
                const std::size_t uri = line.find("URI=\"");
                const bool is_entry = !line.empty() && line[0] != '#';
                if (is_master && is_entry) {
                    path = base + line;
                    break;
                }
                if (is_master) continue;
                if (line.starts_with("#EXT-X-MAP:")) {
                    const std::string rest = line.substr(uri + 5);
                    bytes += at("node").get(base + rest.substr(0, rest.find('"'))).body;
                } else if (is_entry) {
                    bytes += at("node").get(base + line).body;
                    ++segments;
                }
                EXPECT_EQ(line.find("DISCONTINUITY"), std::string::npos);
            }
        }
        return {bytes, segments};
    }
    template <class Question>
    static bool eventually(Question question) {
        const auto until = std::chrono::steady_clock::now() + 200s;
        while (!question()) {
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::sleep_for(50ms);
        }
        return true;
    }

    TempFolder postgres_folder_;
    TempFolder folder_;
    std::unique_ptr<lab::PostgresServer> postgres_;
    std::map<std::string, std::unique_ptr<Server>> servers_;
    std::string objects_;
    std::string token_;
};

TEST_F(WorkerTest, AFilmOfAWorkerThatIsKilledIsMadeByTheOther) {
    start("one", "worker");
    const std::string film = upload(clip("film.mp4"));
    const auto playable = [&] { return video(film).at("playable_until").to_number<double>(); };
    EXPECT_TRUE(eventually([&] { return playable() >= 2; })) << "nodes hear of each step";
    start("two", "worker");
    EXPECT_TRUE(works("one")) << "a worker of the same name took its job";
    EXPECT_EQ(at("two").get("/health/ready").status, 200);
    EXPECT_NE(at("two").get("/metrics").body.find("syncwatch_transcodes_running 0"),
              std::string::npos);
    EXPECT_EQ(at("two").get("/api/v1/setup").status, 404) << "it is no node";

    const double before = playable();
    servers_.at("one")->kill();
    EXPECT_TRUE(eventually([&] { return works("two"); }));
    EXPECT_GE(playable(), before) << "nothing is made twice";
    EXPECT_TRUE(eventually([&] { return video(film).at("status") == "ready"; })) << video(film);
    EXPECT_EQ(servers_.at("two")->stop(), 0);
}

TEST_F(WorkerTest, OfTwoAtOneFilmOneMayBeKilled) {
    const auto twice = folder_.path() / "twice.mp4";
    (void)output_of("ffmpeg -v error -nostdin -stream_loop 1 -i " + clip("film.mp4").string() +
                    " -c copy " + twice.string());
    for (const char* name : {"one", "two"}) {
        start(name, "worker", {"--media-part", "4s", "--media-preset", "fast"});
    }
    const std::string film = upload(twice);
    EXPECT_TRUE(eventually([&] { return works("one") && works("two"); })) << "one helps";
    servers_.at("two")->kill();
    EXPECT_TRUE(eventually([&] { return video(film).at("status") == "ready"; })) << video(film);
    const auto [bytes, segments] = played(film);
    EXPECT_EQ(segments, 8);
    const auto frames = frames_in(bytes);
    ASSERT_EQ(frames.size(), 384u);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        ASSERT_EQ(frames[i].number, static_cast<int>(i % 192));
        ASSERT_NEAR(frames[i].at, static_cast<double>(i) / 24, 0.0005);
    }
}

TEST_F(WorkerTest, AWorkerThatIsToldToStopGivesItsFilmBackAtOnce) {
    start("one", "worker");
    const std::string film = upload(clip("film.mp4"));
    EXPECT_TRUE(eventually([&] { return works("one"); }));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(servers_.at("one")->stop(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    start("two", "worker");
    EXPECT_TRUE(eventually([&] { return works("two"); }));
}

TEST_F(WorkerTest, WhatNoStoreHasIsMadeByAWorkerWhileAViewerOfTheNodeWaits) {
    start("one", "worker");
    start("two", "worker");
    const std::string film = upload(clip("ready.mp4"));
    EXPECT_TRUE(eventually([&] { return video(film).at("status") == "ready"; })) << video(film);
    const std::string master(video(film).at("master").as_string());
    const std::string base = master.substr(0, master.rfind('/') + 1);
    const std::string prefix = "videos/" + film.substr(film.rfind('/') + 1) + "/";
    TestS3Client store(objects_);
    const auto lines = [&](const std::string& path) {
        std::istringstream in(at("node").get(path).body);
        std::vector<std::string> found;
        for (std::string line; std::getline(in, line);) {
            if (!line.empty() && line[0] != '#') found.push_back(line);
        }
        return found;
    };
    std::vector<std::string> wanted{"poster.jpg"};
    for (const std::string& each : lines(master)) {
        const std::string stream = each.substr(0, each.rfind('/') + 1);
        wanted.push_back(stream + lines(base + each).back());
    }
    ASSERT_GE(wanted.size(), 3u);
    for (const std::string& each : wanted) {
        const std::string key = prefix + (each == "poster.jpg" ? "1/" : "") + each;
        ASSERT_TRUE(run_to_end(store.client.remove(key))) << key;
        const auto begun = std::chrono::steady_clock::now();
        const auto answer = at("node").get(base + each);
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun);
        EXPECT_EQ(answer.status, 200) << each << ": " << answer.body;
        EXPECT_GT(answer.body.size(), 500u);
        EXPECT_TRUE(store.get(key).value() == answer.body);
        std::printf("%s: %d ms\n", each.c_str(), static_cast<int>(took.count()));
    }
    double made = 0;
    for (const char* worker : {"one", "two"}) {
        const std::string metrics = at(worker).get("/metrics").body;
        const std::string name = "syncwatch_objects_healed_total{source=\"original\"} ";
        made += std::stod(metrics.substr(metrics.find(name) + name.size()));
    }
    EXPECT_EQ(made, static_cast<double>(wanted.size())) << "each once";
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
