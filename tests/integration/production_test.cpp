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
#include "harness/viewer.h"
#include "harness/websocket_client.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;
using harness::Server;
using harness::Viewer;
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

    void start(const std::string& name, std::vector<std::filesystem::path> more = {}) {
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
        for (const auto& each : more) options.arguments.push_back(each);
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

TEST_F(ProductionTest, GuessingAtOneNodeLocksAtTheOther) {
    for (const char* name : {"a", "b"}) {
        EXPECT_TRUE(eventually([&] { return component(name, "bus").at("status") == "ok"; }));
    }
    const auto login = [&](const char* node, const char* password) {
        return client(node).post("/api/v1/auth/login",
                                 {{"username", "alice"}, {"password", password}});
    };
    while (login("a", "wrong horse").status == 401) continue;
    EXPECT_EQ(login("a", "correct horse").text_at("code"), "locked_out");
    EXPECT_TRUE(eventually([&] {
        const auto answer = login("b", "correct horse");
        return answer.status == 429 && answer.text_at("code") == "locked_out";
    }));
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

TEST_F(ProductionTest, PlayersGetSegmentsFromTheStoreItself) {
    const std::string master = film();
    start("c", {"--objects-redirect", "true"});
    HttpClient at_c = client("c");
    const auto segments = entries(at_c, entries(at_c, master).front());
    ASSERT_FALSE(segments.empty());
    const auto away = at_c.get(segments.front());
    ASSERT_EQ(away.status, 307) << away.body;
    const std::string address = away.field("Location");
    const std::string origin = address.substr(0, address.find('/', 8));
    const auto port = std::stoul(origin.substr(origin.rfind(':') + 1));
    const auto from_store =
        HttpClient(static_cast<std::uint16_t>(port)).get(address.substr(origin.size()));
    EXPECT_EQ(from_store.status, 200) << from_store.body;
    EXPECT_EQ(from_store.body, at_c.get(segments.front()).body) << "the second time from the node";
    EXPECT_NE(at_c.get("/").field("Content-Security-Policy").find("connect-src 'self' " + origin),
              std::string::npos);
}

TEST_F(ProductionTest, ARoomGoesOnAcrossNodesWhileTheBusAndANodeDie) {
    film();
    HttpClient at_a = alice("a");
    HttpClient at_b = client("b");
    at_b.as(at_b.guest("Bo"));
    const auto videos = at_a.get("/api/v1/videos").json();
    const std::string video(videos.at("videos").at(0).at("id").as_string());
    const std::string code =
        at_a.post("/api/v1/rooms", {{"name", "Film night"}, {"control", "everyone"}})
            .text_at("code");
    EXPECT_TRUE(eventually([&] { return component("a", "bus").at("status") == "ok"; }));
    EXPECT_TRUE(eventually([&] { return component("b", "bus").at("status") == "ok"; }));
    Viewer ada(at_a, nodes.at("a")->port(), code);
    Viewer bo(at_b, nodes.at("b")->port(), code);
    EXPECT_TRUE(ada.hears("members", [](const auto& news) {
        return !news.at("joined").as_array().empty();
    })) << "who came in at b";

    EXPECT_EQ(ada.ask({{"type", "queue"}, {"op", "add"}, {"video", video}}), "ack");
    EXPECT_TRUE(bo.hears_playback(true)) << "the film is on for everybody";
    EXPECT_EQ(ada.ask({{"type", "control"}, {"action", "play"}}), "ack");
    EXPECT_TRUE(bo.hears_playback(false));
    EXPECT_EQ(bo.ask({{"type", "chat"}, {"text", "from b"}}), "ack");
    EXPECT_TRUE(ada.hears_chat("from b"));
    redis->kill();
    EXPECT_EQ(bo.ask({{"type", "control"}, {"action", "pause"}}), "ack");
    EXPECT_TRUE(ada.hears_playback(true)) << "over the second bus";
    EXPECT_EQ(ada.ask({{"type", "chat"}, {"text", "without Redis"}}), "ack");
    EXPECT_TRUE(bo.hears_chat("without Redis"));
    ASSERT_TRUE(redis->start());
    EXPECT_TRUE(eventually([&] { return component("b", "bus").at("status") == "ok"; }));
    EXPECT_EQ(ada.ask({{"type", "control"}, {"action", "play"}}), "ack");
    EXPECT_TRUE(bo.hears_playback(false));
    EXPECT_TRUE(eventually([&] {
        const std::string metrics = client("b").get("/metrics").body;
        return metrics.find("syncwatch_room_fan_out_seconds_count 0\n") == std::string::npos;
    })) << "how long the play took to b";

    nodes.at("a")->kill();
    EXPECT_EQ(bo.ask({{"type", "control"}, {"action", "pause"}}), "ack");
    HttpClient again = alice("b");
    Viewer back(again, nodes.at("b")->port(), code);
    EXPECT_TRUE(back.welcome.at("playback").at("paused").as_bool()) << back.welcome;
    EXPECT_TRUE(back.welcome.at("you").at("host").as_bool());
    EXPECT_EQ(back.welcome.at("messages").as_array().size(), 2U);
    EXPECT_EQ(back.ask({{"type", "chat"}, {"text", "back"}}), "ack");
    EXPECT_TRUE(bo.hears_chat("back"));
}

}  // namespace
}  // namespace syncwatch
