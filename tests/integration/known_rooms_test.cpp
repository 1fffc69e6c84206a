// Three nodes on PostgreSQL, Redis and an S3 store; everybody in a room sits on one of them. Then
// PostgreSQL is killed, or hangs, and a guest comes through the others.
#include <chrono>
#include <functional>

#include <gtest/gtest.h>

#include "harness/eventually.h"
#include "harness/film_upload.h"
#include "harness/nodes.h"
#include "harness/played_stream.h"
#include "harness/room_chat.h"
#include "harness/viewer.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::eventually;
using harness::HttpAnswer;
using harness::HttpClient;
using harness::Texts;
using harness::Viewer;
using Timer = std::chrono::steady_clock;

class KnownRoomsTest : public testing::Test, protected harness::Nodes {
protected:
    KnownRoomsTest() : Nodes(Shared{.films = true}) {
        start("a");
        for (const char* name : {"b", "c"}) start(name, {"--media-work", "false"});
        for (const char* name : {"a", "b", "c"}) {
            EXPECT_TRUE(becomes(name, "syncwatch_bus_well 1")) << name;
        }
        alice_ = at("a").account("alice");
        code_ = at("a")
                    .as(alice_)
                    .post("/api/v1/rooms", {{"name", "Film night"}, {"password", "popcorn"}})
                    .text_at("code");
    }
    HttpAnswer join(const std::string& name, const std::string& token, const std::string& code,
                    const std::string& password) {
        return at(name).as(token).post("/api/v1/rooms/" + code + "/join", {{"password", password}});
    }
    /// What it is once the node noticed that the database is away: until then it may be 503.
    HttpAnswer settled_join(const std::string& name, const std::string& token,
                            const std::string& password) {
        HttpAnswer answer;
        EXPECT_TRUE(eventually([&] {
            answer = join(name, token, code_, password);
            return answer.status != 503 && answer.status != 0;
        })) << answer.status
            << answer.body;
        return answer;
    }
    /// The bytes of the first segment of the first stream, as a player finds its way there.
    std::string first_segment(const std::string& name, const std::string& master) {
        HttpClient at_node = at(name);
        std::string path = master;
        while (!path.ends_with(".m4s")) {
            Texts listed;
            if (!eventually([&] { return !(listed = harness::entries(at_node, path)).empty(); })) {
                return "no list at " + name + ": " + at_node.get(path).body;
            }
            path = listed.front();
        }
        HttpAnswer piece;
        EXPECT_TRUE(eventually([&] { return (piece = at_node.get(path)).status == 200; }));
        return piece.body;
    }
    Texts kept(const std::string& name) { return harness::kept_chat(at(name).as(alice_), code_); }

    void play(void (lab::PostgresServer::*harm)(), const std::function<bool()>& mend);

    std::string alice_;
    std::string code_;
};

void KnownRoomsTest::play(void (lab::PostgresServer::*harm)(), const std::function<bool()>& mend) {
    const std::string video = harness::upload_film(at("a").as(alice_), clip("ready.mp4"));
    harness::expect_ready(at("a").as(alice_), video);
    Viewer ada(node("a").to(), join("a", alice_, code_, "").text_at("ws"));
    ASSERT_EQ(ada.ask({{"type", "queue"}, {"op", "add"}, {"video", video}}), "ack");
    // The first film is on once the room knows that no other node has it. It is short.
    ASSERT_TRUE(eventually([&] {
        return ada.ask({{"type", "control"}, {"action", "rate"}, {"rate", 0.25}}) == "ack";
    }));
    ASSERT_EQ(ada.ask({{"type", "control"}, {"action", "play"}}), "ack");
    ASSERT_EQ(ada.say("before"), "ack");
    // A guest who is banned, and known at all nodes.
    const std::string cy = at("c").guest("Cy");
    const std::string cy_id = at("b").as(cy).get("/api/v1/me").text_at("id");
    ASSERT_EQ(at("c").as(cy).get("/api/v1/me").status, 200);
    ASSERT_EQ(at("a").as(alice_).post("/api/v1/rooms/" + code_ + "/bans", {{"user", cy_id}}).status,
              201);
    const std::string master = at("a").as(alice_).get("/api/v1/videos/" + video).text_at("master");
    const std::string piece = first_segment("a", master);
    ASSERT_GT(piece.size(), 1000U);

    (postgres().*harm)();
    ASSERT_EQ(ada.say("spooled"), "ack");
    HttpAnswer let_in;
    EXPECT_TRUE(eventually([&] {
        let_in = at("b").post("/api/v1/auth/guest", {{"display_name", "Bo"}});
        return let_in.status == 201;
    })) << let_in.body;
    const std::string bo_token = let_in.text_at("token");
    EXPECT_EQ(settled_join("b", bo_token, "wrong").text_at("code"), "wrong_password");
    EXPECT_EQ(settled_join("b", cy, "popcorn").text_at("code"), "banned");
    const auto begun = Timer::now();
    const HttpAnswer joined = settled_join("b", bo_token, "popcorn");
    ASSERT_EQ(joined.status, 200) << joined.body;
    // The load balancer sends the socket to yet another node.
    Viewer bo(node("c").to(), joined.text_at("ws"));
    ASSERT_FALSE(bo.welcome.is_null());
    std::printf("inside %d ms after the right password\n",
                static_cast<int>((Timer::now() - begun) / 1ms));
    EXPECT_EQ(bo.welcome.at("room").at("name").as_string(), "Film night");
    EXPECT_EQ(bo.welcome.at("members").as_array().size(), 2U);
    EXPECT_EQ(bo.welcome.at("playback").at("video").as_string(), video);
    EXPECT_FALSE(bo.welcome.at("playback").at("paused").as_bool());
    ASSERT_EQ(bo.welcome.at("queue").as_array().size(), 1U);
    EXPECT_EQ(harness::texts_of(bo.welcome.at("messages")), (Texts{"before", "spooled"}));
    const std::string theirs(bo.welcome.at("queue").at(0).at("master").as_string());
    for (const char* name : {"b", "c"}) {
        EXPECT_TRUE(first_segment(name, theirs) == piece) << "a picture at " << name;
    }
    EXPECT_EQ(bo.say("hello"), "ack");
    EXPECT_TRUE(ada.hears_chat("hello"));
    EXPECT_EQ(ada.say("welcome"), "ack");
    EXPECT_TRUE(bo.hears_chat("welcome"));
    const auto asked = Timer::now();
    const HttpAnswer unknown = join("b", bo_token, "00000-00001", "");
    EXPECT_EQ(unknown.status, 503) << unknown.body;
    EXPECT_FALSE(unknown.field("Retry-After").empty());
    EXPECT_LT(Timer::now() - asked, 10s);

    EXPECT_TRUE(
        eventually([&] { return at("b").as(cy).post("/api/v1/auth/logout", {}).status == 204; }));
    EXPECT_TRUE(eventually([&] { return at("c").as(cy).get("/api/v1/me").status != 200; }));

    ASSERT_TRUE(mend());
    const Texts said{"before", "spooled", "hello", "welcome"};
    EXPECT_TRUE(eventually([&] { return kept("a") == said; }));
    for (const char* name : {"b", "c"}) {
        EXPECT_TRUE(eventually([&] { return kept(name) == said; })) << name;
    }
    HttpAnswer me;
    EXPECT_TRUE(
        eventually([&] { return (me = at("c").as(bo_token).get("/api/v1/me")).status == 200; }));
    EXPECT_EQ(me.text_at("display_name"), "Bo");
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_TRUE(eventually([&] { return at(name).as(cy).get("/api/v1/me").status == 401; }))
            << "who signed out stays so at " << name;
    }
    EXPECT_EQ(at("b").as(alice_).get("/api/v1/rooms/" + code_).text_at("name"), "Film night");
    EXPECT_EQ(settled_join("b", bo_token, "wrong").text_at("code"), "wrong_password");
    EXPECT_EQ(bo.say("after"), "ack");
    EXPECT_TRUE(ada.hears_chat("after"));
    // What is decided now holds for a room that came from a node.
    ASSERT_EQ(at("a").as(alice_).remove("/api/v1/rooms/" + code_).status, 204);
    EXPECT_EQ(join("c", bo_token, code_, "popcorn").status, 404);
}

TEST_F(KnownRoomsTest, AGuestComesInThroughAnyNodeWhileTheDatabaseIsDead) {
    play(&lab::PostgresServer::kill, [this] { return postgres().start().has_value(); });
}

TEST_F(KnownRoomsTest, AndWhileItHangs) {
    play(&lab::PostgresServer::hang, [this] {
        postgres().wake();
        return true;
    });
}

}  // namespace
}  // namespace syncwatch
