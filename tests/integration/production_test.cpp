// Two nodes on PostgreSQL, Redis and an S3 store, each of which may die.
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "apps/lab/postgres_server.h"
#include "apps/lab/redis_server.h"
#include "base/encoding.h"
#include "harness/clips.h"
#include "harness/http_client.h"
#include "harness/object_store.h"
#include "harness/process.h"
#include "harness/temp_folder.h"
#include "harness/websocket_client.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;
using harness::Server;
using harness::WebSocketClient;

template <class T>
std::unique_ptr<T> must(Result<std::unique_ptr<T>> made) {
    if (!made) throw std::runtime_error(made.error().message);
    return *std::move(made);
}

class ProductionTest : public testing::Test {
protected:
    ProductionTest() {
        postgres = must(lab::PostgresServer::make({postgres_folder_.path()}));
        redis = must(lab::RedisServer::make({redis_folder_.path()}));
        std::ofstream(folder_.path() / "keys")
            << "[default]\naws_access_key_id = " << TestObjectStore::kAccessKey
            << "\naws_secret_access_key = " << TestObjectStore::kSecretKey << "\n";
        objects_ = TestObjectStore::url();
        for (const char* name : {"a", "b"}) start(name);
        token = client("a").account("alice");
    }

    void start(const std::string& name) {
        Server::Options options;
        options.arguments = {"--database-url",
                             postgres->url(),
                             "--bus-url",
                             redis->url(),
                             "--objects-url",
                             objects_,
                             "--objects-credentials-file",
                             folder_.path() / "keys",
                             "--node-name",
                             name};
        nodes[name] = std::make_unique<Server>(folder_.path() / name, options);
    }
    HttpClient client(const std::string& name) { return HttpClient(nodes.at(name)->port()); }
    HttpClient alice(const std::string& name) {
        HttpClient made = client(name);
        made.as(token);
        return made;
    }
    /// Asks again until it is so, or long enough.
    template <class Question>
    static bool eventually(Question question) {
        const auto until = std::chrono::steady_clock::now() + 60s;
        while (!question()) {
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::sleep_for(50ms);
        }
        return true;
    }
    boost::json::value component(const std::string& node, const std::string& name) {
        return client(node).get("/health").json().at("components").at(name);
    }
    /// Uploads at node "a", waits until it is ready; gives the path of its master playlist.
    std::string film() {
        const std::string bytes = contents_of(made_clips() / "ready.mp4");
        HttpClient at_a = alice("a");
        const auto sent =
            at_a.request("POST", "/api/v1/uploads", bytes,
                         {{"Tus-Resumable", "1.0.0"},
                          {"Upload-Length", std::to_string(bytes.size())},
                          {"Content-Type", "application/offset+octet-stream"},
                          {"Upload-Metadata", "filename " + encode_base64(as_bytes("Film.mp4"))}});
        EXPECT_EQ(sent.status, 201) << sent.body;
        const std::string path = "/api/v1/videos/" + sent.field("SyncWatch-Video");
        EXPECT_TRUE(eventually([&] { return at_a.get(path).text_at("status") == "ready"; }))
            << at_a.get(path).body;
        return at_a.get(path).text_at("master");
    }
    /// The first lines of a playlist that are no comments, as paths.
    static std::vector<std::string> entries(HttpClient& at, const std::string& playlist) {
        const std::string base = playlist.substr(0, playlist.rfind('/') + 1);
        std::istringstream lines(at.get(playlist).body);
        std::vector<std::string> found;
        for (std::string line; std::getline(lines, line);) {
            if (!line.empty() && line[0] != '#') found.push_back(base + line);
        }
        return found;
    }

    TempFolder postgres_folder_;
    TempFolder redis_folder_;
    TempFolder folder_;
    std::unique_ptr<lab::PostgresServer> postgres;
    std::unique_ptr<lab::RedisServer> redis;
    std::map<std::string, std::unique_ptr<Server>> nodes;
    std::string token;
    std::string objects_;
};

TEST_F(ProductionTest, ASignOutIsKnownToEveryNodeAlsoWithoutRedis) {
    EXPECT_TRUE(eventually([&] { return component("a", "bus").at("status") == "ok"; }));
    for (const bool without : {false, true}) {
        SCOPED_TRACE(without);
        if (without) redis->kill();
        EXPECT_TRUE(eventually([&] {
            return component("b", "bus").at("status") == (without ? "degraded" : "ok");
        })) << component("b", "bus");
        const auto signed_in = client("a").post(
            "/api/v1/auth/login", {{"username", "alice"}, {"password", "correct horse"}});
        HttpClient at_a = client("a");
        HttpClient at_b = client("b");
        at_a.as(signed_in.text_at("token"));
        at_b.as(signed_in.text_at("token"));
        EXPECT_EQ(at_b.get("/api/v1/me").status, 200) << "node b knows the session now";
        EXPECT_EQ(at_a.post("/api/v1/auth/logout", {}).status, 204);
        EXPECT_TRUE(eventually([&] { return at_b.get("/api/v1/me").status == 401; }));
    }
}

TEST_F(ProductionTest, PeopleInRoomsAreToldThatAPartIsAwayAndThatItIsBack) {
    HttpClient at_b = alice("b");
    const std::string code = at_b.post("/api/v1/rooms", {{"name", "Film night"}}).text_at("code");
    const auto joined = at_b.post("/api/v1/rooms/" + code + "/join", boost::json::object());
    ASSERT_EQ(joined.status, 200) << joined.body;
    EXPECT_TRUE(eventually([&] { return component("b", "bus").at("status") == "ok"; }));
    WebSocketClient room(nodes.at("b")->to(), joined.text_at("ws"));
    room.send({{"type", "hello"}, {"protocol", 1}});
    ASSERT_FALSE(room.receive_type("welcome").is_null());
    const auto told = [&](const char* notice, bool active) {
        const auto frame = room.receive_type("notice", 60s);
        return !frame.is_null() && frame.at("code") == notice && frame.at("active") == active;
    };
    redis->kill();
    EXPECT_TRUE(told("bus_degraded", true));
    ASSERT_TRUE(redis->start());
    EXPECT_TRUE(told("bus_degraded", false));
    EXPECT_TRUE(room.is_open());
}

TEST_F(ProductionTest, AFilmIsServedByEveryNodeAndGoesOnWithoutTheStore) {
    const std::string master = film();
    HttpClient at_b = client("b");
    const auto rungs = entries(at_b, master);
    ASSERT_FALSE(rungs.empty());
    const auto segments = entries(at_b, rungs.front());
    ASSERT_GE(segments.size(), 2U);
    const auto first = at_b.get(segments.front());
    EXPECT_EQ(first.status, 200);
    EXPECT_GT(first.body.size(), 1000U);

    nodes.at("a")->kill();
    EXPECT_EQ(at_b.get(segments[1]).status, 200) << "node a made it, and is gone";
    TestObjectStore::server().kill();
    const auto cached = at_b.get(segments.front());
    EXPECT_EQ(cached.status, 200);
    EXPECT_EQ(cached.body, first.body);
    EXPECT_EQ(at_b.get("/health/ready").status, 200);
    EXPECT_TRUE(eventually([&] { return component("b", "objects").at("status") == "down"; }));
    ASSERT_TRUE(TestObjectStore::server().start());
    EXPECT_TRUE(eventually([&] { return component("b", "objects").at("status") == "ok"; }));
    EXPECT_TRUE(eventually([&] { return at_b.get(segments.back()).status == 200; }));
}

}  // namespace
}  // namespace syncwatch
