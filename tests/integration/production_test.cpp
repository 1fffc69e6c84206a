// Two nodes on PostgreSQL, Redis and an S3 store, each of which may die.
#include <chrono>

#include <gtest/gtest.h>

#include "harness/eventually.h"
#include "harness/film_upload.h"
#include "harness/nodes.h"
#include "harness/object_store.h"
#include "harness/played_stream.h"
#include "harness/viewer.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::entries;
using harness::eventually;
using harness::HttpClient;
using harness::Viewer;

class ProductionTest : public testing::Test, protected harness::Nodes {
protected:
    ProductionTest() : Nodes(Shared{.films = true}) {
        for (const char* name : {"a", "b"}) start(name);
        alice_ = at("a").account("alice");
    }

    bool comes_to_be(const char* name, const char* part, const char* status) {
        return eventually([&] { return component(name, part).at("status") == status; });
    }
    /// Uploads at node "a", waits until it is ready; gives its id.
    std::string film() {
        std::string id = harness::upload_film(at("a").as(alice_), clip("ready.mp4"));
        harness::expect_ready(at("a").as(alice_), id);
        return id;
    }
    std::string master_of(const std::string& film) {
        return at("a").as(alice_).get("/api/v1/videos/" + film).text_at("master");
    }

    std::string alice_;
};

TEST_F(ProductionTest, ASignOutIsKnownToEveryNodeAlsoWithoutRedis) {
    EXPECT_TRUE(comes_to_be("a", "bus", "ok"));
    for (const bool without : {false, true}) {
        SCOPED_TRACE(without);
        if (without) redis().kill();
        EXPECT_TRUE(comes_to_be("b", "bus", without ? "degraded" : "ok")) << component("b", "bus");
        const std::string token =
            at("a")
                .post("/api/v1/auth/login", {{"username", "alice"}, {"password", "correct horse"}})
                .text_at("token");
        EXPECT_EQ(at("b").as(token).get("/api/v1/me").status, 200)
            << "node b knows the session now";
        EXPECT_EQ(at("a").as(token).post("/api/v1/auth/logout", {}).status, 204);
        EXPECT_TRUE(eventually([&] { return at("b").as(token).get("/api/v1/me").status == 401; }));
    }
}

TEST_F(ProductionTest, GuessingAtOneNodeLocksAtTheOther) {
    for (const char* name : {"a", "b"}) {
        EXPECT_TRUE(comes_to_be(name, "bus", "ok"));
    }
    const auto login = [&](const char* node, const char* password) {
        return at(node).post("/api/v1/auth/login", {{"username", "alice"}, {"password", password}});
    };
    while (login("a", "wrong horse").status == 401) continue;
    EXPECT_EQ(login("a", "correct horse").text_at("code"), "locked_out");
    EXPECT_TRUE(eventually([&] {
        const auto answer = login("b", "correct horse");
        return answer.status == 429 && answer.text_at("code") == "locked_out";
    }));
}

TEST_F(ProductionTest, PeopleInRoomsAreToldThatAPartIsAwayAndThatItIsBack) {
    const std::string code =
        at("b").as(alice_).post("/api/v1/rooms", {{"name", "Film night"}}).text_at("code");
    EXPECT_TRUE(comes_to_be("b", "bus", "ok"));
    Viewer viewer(at("b").as(alice_), code);
    const auto told = [&](const char* notice, bool active) {
        const auto frame = viewer.socket->receive_type("notice", 60s);
        return !frame.is_null() && frame.at("code") == notice && frame.at("active") == active;
    };
    redis().kill();
    EXPECT_TRUE(told("bus_degraded", true));
    ASSERT_TRUE(redis().start());
    EXPECT_TRUE(told("bus_degraded", false));
    EXPECT_TRUE(viewer.socket->is_open());
}

TEST_F(ProductionTest, AFilmIsServedByEveryNodeAndGoesOnWithoutTheStore) {
    const std::string master = master_of(film());
    HttpClient at_b = at("b");
    const auto rungs = entries(at_b, master);
    ASSERT_FALSE(rungs.empty());
    const auto segments = entries(at_b, rungs.front());
    ASSERT_GE(segments.size(), 2U);
    const auto first = at_b.get(segments.front());
    EXPECT_EQ(first.status, 200);
    EXPECT_GT(first.body.size(), 1000U);

    node("a").kill();
    EXPECT_EQ(at_b.get(segments[1]).status, 200) << "node a made it, and is gone";
    TestObjectStore::server().kill();
    const auto cached = at_b.get(segments.front());
    EXPECT_EQ(cached.status, 200);
    EXPECT_EQ(cached.body, first.body);
    EXPECT_EQ(at_b.get("/health/ready").status, 200);
    EXPECT_TRUE(comes_to_be("b", "objects", "down"));
    ASSERT_TRUE(TestObjectStore::server().start());
    EXPECT_TRUE(comes_to_be("b", "objects", "ok"));
    EXPECT_TRUE(eventually([&] { return at_b.get(segments.back()).status == 200; }));
}

TEST_F(ProductionTest, PlayersGetSegmentsFromTheStoreItself) {
    const std::string master = master_of(film());
    start("c", {"--objects-redirect", "true"});
    HttpClient at_c = at("c");
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
    const std::string video = film();
    const std::string code =
        at("a")
            .as(alice_)
            .post("/api/v1/rooms", {{"name", "Film night"}, {"control", "everyone"}})
            .text_at("code");
    EXPECT_TRUE(comes_to_be("a", "bus", "ok"));
    EXPECT_TRUE(comes_to_be("b", "bus", "ok"));
    Viewer ada(at("a").as(alice_), code);
    Viewer bo(at("b").as_guest("Bo"), code);
    EXPECT_TRUE(ada.hears("members", [](const auto& news) {
        return !news.at("joined").as_array().empty();
    })) << "who came in at b";

    EXPECT_EQ(ada.ask({{"type", "queue"}, {"op", "add"}, {"video", video}}), "ack");
    EXPECT_TRUE(bo.hears_playback(true)) << "the film is on for everybody";
    EXPECT_EQ(ada.ask({{"type", "control"}, {"action", "play"}}), "ack");
    EXPECT_TRUE(bo.hears_playback(false));
    EXPECT_EQ(bo.say("from b"), "ack");
    EXPECT_TRUE(ada.hears_chat("from b"));
    redis().kill();
    EXPECT_EQ(bo.ask({{"type", "control"}, {"action", "pause"}}), "ack");
    EXPECT_TRUE(ada.hears_playback(true)) << "over the second bus";
    EXPECT_EQ(ada.say("without Redis"), "ack");
    EXPECT_TRUE(bo.hears_chat("without Redis"));
    ASSERT_TRUE(redis().start());
    EXPECT_TRUE(comes_to_be("b", "bus", "ok"));
    EXPECT_EQ(ada.ask({{"type", "control"}, {"action", "play"}}), "ack");
    EXPECT_TRUE(bo.hears_playback(false));
    EXPECT_TRUE(eventually([&] { return sample("b", "syncwatch_room_fan_out_seconds_count") > 0; }))
        << "how long the play took to b";

    node("a").kill();
    EXPECT_EQ(bo.ask({{"type", "control"}, {"action", "pause"}}), "ack");
    Viewer back(at("b").as(alice_), code);
    EXPECT_TRUE(back.welcome.at("playback").at("paused").as_bool()) << back.welcome;
    EXPECT_TRUE(back.welcome.at("you").at("host").as_bool());
    EXPECT_EQ(back.welcome.at("messages").as_array().size(), 2U);
    EXPECT_EQ(back.say("back"), "ack");
    EXPECT_TRUE(bo.hears_chat("back"));
}

}  // namespace
}  // namespace syncwatch
