// A node that does not transcode, and workers that do it for it, each of which may die.
#include <chrono>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "apps/lab/postgres_server.h"
#include "base/encoding.h"
#include "harness/clips.h"
#include "harness/http_client.h"
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
               std::vector<std::string> more = {}) {
        Server::Options options;
        options.command = command;
        options.arguments = std::move(more);
        for (const std::string& each :
             {std::string("--database-url"), postgres_->url(), std::string("--bus-url"),
              std::string("postgres:"), std::string("--objects-url"), objects_,
              std::string("--objects-credentials-file"), (folder_.path() / "keys").string(),
              // All of one name: neither may take another's work for its own.
              std::string("--node-name"), std::string("films"), std::string("--media-lease"),
              std::string("3s"), std::string("--media-preset"), std::string("slower")}) {
            options.arguments.push_back(each);
        }
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
