#include "gateway/rooms/room_session.h"

#include <gtest/gtest.h>

#include "harness/live_room_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using Frame = TestClient::Frame;

const Frame kPause{{"type", "control"}, {"action", "pause"}};

class RoomSessionTest : public testing::Test {
protected:
    LiveRoomWorld w_;
    const RoomCode room_ = w_.room();
};

TEST_F(RoomSessionTest, WhoSaysHelloIsWelcomed) {
    TestClient& ada = w_.join(w_.ada, room_);
    ASSERT_EQ(ada.frames.front().at("type").as_string(), "welcome");
    const Frame& welcome = ada.frames.front();
    EXPECT_EQ(welcome.at("you").at("id").as_string(), w_.ada.user.text());
    EXPECT_EQ(welcome.at("you").at("resume").as_string(), w_.ada.user.text());
    EXPECT_EQ(welcome.at("you").at("role").as_string(), "owner");
    EXPECT_TRUE(welcome.at("you").at("host").as_bool());
    EXPECT_EQ(welcome.at("room").at("code").as_string(), room_.text());
    EXPECT_EQ(welcome.at("members").as_array().size(), 1u);
    EXPECT_TRUE(welcome.at("playback").at("item").is_null());
    EXPECT_EQ(welcome.at("now_us").as_int64(), to_micros(w_.time.now()));
}

TEST_F(RoomSessionTest, TheOthersHearWhoComesAndInWhichOrder) {
    TestClient& ada = w_.join(w_.ada, room_);
    ada.forget();
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    const auto members = ada.heard("members");
    ASSERT_EQ(members.size(), 1u);
    EXPECT_EQ(members[0].at("joined").at(0).at("name").as_string(), "Bo");
    const auto& inside = bo.frames.front().at("members").as_array();
    ASSERT_EQ(inside.size(), 2u);
    EXPECT_EQ(inside[0].at("name").as_string(), "Ada");
    EXPECT_EQ(w_.presence.names(room_), (std::vector<std::string>{"Ada", "Bo"}));
}

TEST_F(RoomSessionTest, WhoSaysNothingIsSentAwayAfterTenSeconds) {
    TestClient& silent = w_.open(w_.ada, room_);
    w_.run(9900ms);
    EXPECT_FALSE(silent.closed);
    w_.run(400ms);
    EXPECT_EQ(silent.closed, 4408);
}

TEST_F(RoomSessionTest, TheFirstFrameIsHelloAndItComesOnce) {
    TestClient& early = w_.open(w_.ada, room_);
    early.say(R"({"type":"chat","id":"m1","text":"hi"})");
    EXPECT_EQ(early.closed, 4400);
    EXPECT_EQ(early.frames.at(0).at("type").as_string(), "error");
    TestClient& twice = w_.join(w_.ada, room_);
    twice.say(R"({"type":"hello","protocol":1})");
    EXPECT_EQ(twice.closed, 4400);
    TestClient& newer = w_.open(w_.ada, room_);
    newer.say(R"({"type":"hello","protocol":2})");
    EXPECT_EQ(newer.last("error")->at("code").as_string(), "unsupported_protocol");
    EXPECT_EQ(newer.closed, 4400);
}

TEST_F(RoomSessionTest, ARoomThatIsGoneAndADatabaseThatIsDownAreToldApart) {
    std::array<std::uint8_t, RoomCode::kLength> bytes{9, 9, 9};
    EXPECT_EQ(w_.join(w_.ada, RoomCode::make(bytes)).closed, 4404);
}

TEST_F(RoomSessionTest, FramesBehindTheHelloWaitForTheWelcome) {
    TestClient& ada = w_.open(w_.ada, room_);
    ada.say(R"({"type":"hello","protocol":1})");
    ada.say(R"({"type":"clock","t0":17})");
    ada.say(R"({"type":"chat","id":"m1","text":"hi"})");
    w_.world.settle();
    EXPECT_EQ(ada.heard("clock").size(), 1u);
    EXPECT_EQ(ada.answer("m1"), "ack");
    ASSERT_EQ(ada.heard("welcome").size(), 1u);
}

TEST_F(RoomSessionTest, AFrameThatIsNotOfTheProtocolEndsTheConversation) {
    for (const char* text : {"{", "[]", R"({"type":"weather","id":"w"})", R"({"type":"chat"})"}) {
        TestClient& client = w_.join(w_.ada, room_);
        client.say(text);
        EXPECT_EQ(client.last("error")->at("code").as_string(), "invalid") << text;
        EXPECT_EQ(client.closed, 4400) << text;
        w_.drop(client);
    }
}

TEST_F(RoomSessionTest, AValueThatCannotBeIsAnsweredAndLifeGoesOn) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    EXPECT_EQ(w_.ask(ada, {{"type", "chat"}, {"text", ""}}), "invalid");
    EXPECT_EQ(w_.ask(ada, {{"type", "chat"}, {"text", std::string(2001, 'x')}}), "invalid");
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "seek"}, {"position", -1}}), "invalid");
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "rate"}, {"rate", 99}}), "invalid");
    EXPECT_FALSE(ada.closed);
}

TEST_F(RoomSessionTest, AClockQuestionIsAnsweredWithRoomTime) {
    TestClient& ada = w_.join(w_.ada, room_);
    ada.say(R"({"type":"clock","t0":-5})");
    const Frame answer = ada.last("clock").value();
    EXPECT_EQ(answer.at("t0").as_int64(), -5);
    EXPECT_EQ(answer.at("t1").as_int64(), to_micros(w_.time.now()));
    EXPECT_LE(answer.at("t1").as_int64(), answer.at("t2").as_int64());
}

TEST_F(RoomSessionTest, WhateverCarriesAnIdIsAnsweredOnce) {
    TestClient& ada = w_.open(w_.ada, room_);
    ada.say(R"({"type":"hello","protocol":1,"id":"h"})");
    w_.world.settle();
    ada.say(R"({"type":"clock","t0":1,"id":"c"})");
    ada.say(R"({"type":"react","emoji":"🔥","id":"r"})");
    ada.say(R"({"type":"react","emoji":"no emoji","id":"s"})");
    ada.say(R"({"type":"report","state":"paused","id":"p"})");
    ada.say(R"({"type":"voice","state":{"joined":true,"muted":false,"speaking":true},"id":"v"})");
    ada.say(R"({"type":"signal","to":"nobody","data":1,"id":"g"})");
    for (const char* id : {"h", "c", "r", "p", "v"}) EXPECT_EQ(ada.answer(id), "ack") << id;
    EXPECT_EQ(ada.answer("s"), "invalid");
    EXPECT_EQ(ada.answer("g"), "not_found");
}

TEST_F(RoomSessionTest, TheFirstFilmIsOnAndStandsAtItsBeginning) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    const std::string item = w_.add(ada, w_.film());
    for (const TestClient* each : {&ada, &bo}) {
        EXPECT_EQ(each->playback().at("item").as_string(), item);
        EXPECT_TRUE(each->playback().at("paused").as_bool());
        EXPECT_EQ(each->playback().at("position").to_number<double>(), 0);
    }
    const auto queue = bo.last("queue")->at("queue").as_array();
    EXPECT_EQ(queue[0].at("title").as_string(), "Film");
    EXPECT_EQ(queue[0].at("added_by").as_string(), w_.ada.user.text());
    w_.add(ada, w_.film());
    EXPECT_EQ(bo.heard("playback").size(), 1u) << "a second film changes nothing of what is on";
}

TEST_F(RoomSessionTest, PlayStartsEverybodyAtTheSameMomentAhead) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    w_.add(ada, w_.film());
    EXPECT_EQ(w_.ask(bo, TestClient::kPlay), "ack");
    EXPECT_EQ(ada.playback(), bo.playback());
    EXPECT_FALSE(ada.playback().at("paused").as_bool());
    EXPECT_EQ(ada.playback().at("by").as_string(), bo.who.user.text());
    const auto lead = ada.playback().at("at_us").as_int64() - to_micros(w_.time.now());
    EXPECT_GE(lead, 100'000);
    EXPECT_LE(lead, 500'000);
}

TEST_F(RoomSessionTest, TheLeadFollowsTheWorstDelayOfThoseInside) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    ada.say({{"type", "report"},
             {"state", "paused"},
             {"at_us", to_micros(w_.time.now()) - 200'000},
             {"buffered_s", 10}});
    w_.ask(ada, TestClient::kPlay);
    EXPECT_EQ(ada.playback().at("at_us").as_int64() - to_micros(w_.time.now()), 400'000);
}

TEST_F(RoomSessionTest, ASeekWaitsForTheSlowestOfThoseWhoLook) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    w_.add(ada, w_.film());
    w_.ask(ada, TestClient::kPlay);
    w_.run(1s);
    const auto lead_of_seek = [&] {
        w_.ask(ada, Frame{{"type", "control"}, {"action", "seek"}, {"position", 20}});
        return ada.playback().at("at_us").as_int64() - to_micros(w_.time.now());
    };
    const auto report = [](std::string_view state) {
        return Frame{{"type", "report"}, {"state", state}, {"jump_ms", 320}};
    };
    EXPECT_EQ(lead_of_seek(), 180'000);
    bo.say(report("playing"));
    EXPECT_EQ(lead_of_seek(), 320'000);
    bo.say(report("away"));
    EXPECT_EQ(lead_of_seek(), 180'000);
}

TEST_F(RoomSessionTest, APauseLandsOnTheFrameThePresserSaw) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    w_.ask(ada, TestClient::kPlay);
    w_.run(10s);
    Frame pause = kPause;
    pause["position"] = 9.5;
    EXPECT_EQ(w_.ask(ada, pause), "ack");
    EXPECT_EQ(ada.playback().at("position").to_number<double>(), 9.5);
    EXPECT_EQ(ada.playback().at("at_us").as_int64(), to_micros(w_.time.now()));
}

TEST_F(RoomSessionTest, StampsGrow) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    for (int i = 0; i < 20; ++i) w_.ask(ada, i % 2 == 0 ? TestClient::kPlay : kPause);
    std::optional<Stamp> last;
    for (const Frame& each : ada.heard("playback")) {
        const auto stamp =
            Stamp::parse(std::string(each.at("playback").at("stamp").as_string())).value();
        if (last) {
            EXPECT_GT(stamp, *last);
        }
        last = stamp;
    }
}

TEST_F(RoomSessionTest, WhoMayNotControlChangesNothing) {
    const RoomCode strict = w_.room(Hold::None, Control::Host);
    TestClient& ada = w_.join(w_.ada, strict);
    TestClient& bo = w_.join(w_.user("Bo"), strict);
    w_.add(ada, w_.film());
    ada.forget();
    EXPECT_EQ(w_.ask(bo, TestClient::kPlay), "forbidden");
    EXPECT_EQ(w_.ask(bo, {{"type", "queue"}, {"op", "clear"}}), "forbidden");
    EXPECT_EQ(w_.ask(bo, {{"type", "queue"}, {"op", "add"}, {"video", w_.film().text()}}),
              "forbidden");
    EXPECT_TRUE(ada.frames.empty());
    EXPECT_EQ(w_.ask(ada, TestClient::kPlay), "ack");
}

TEST_F(RoomSessionTest, WhenTheOwnerIsGoneTheNextInLineActsAsHost) {
    const RoomCode strict = w_.room(Hold::None, Control::Host);
    TestClient& ada = w_.join(w_.ada, strict);
    TestClient& bo = w_.join(w_.user("Bo"), strict);
    w_.run(1ms);
    TestClient& cy = w_.join(w_.user("Cy"), strict);
    w_.add(ada, w_.film());
    w_.drop(ada);
    EXPECT_EQ(w_.ask(bo, TestClient::kPlay), "forbidden") << "the owner may only have dropped";
    w_.run(11s);
    EXPECT_EQ(w_.ask(bo, TestClient::kPlay), "ack");
    EXPECT_EQ(w_.ask(cy, kPause), "forbidden");
    TestClient& back = w_.join(w_.ada, strict);
    EXPECT_TRUE(back.frames.front().at("you").at("host").as_bool());
    EXPECT_EQ(w_.ask(bo, kPause), "forbidden");
}

TEST_F(RoomSessionTest, AFilmThatEndsIsFollowedByTheNextAndTheLastOneStandsAtItsEnd) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film(20));
    const std::string second = w_.add(ada, w_.film(30));
    w_.ask(ada, TestClient::kPlay);
    w_.run(21s);
    EXPECT_EQ(ada.playback().at("item").as_string(), second);
    EXPECT_FALSE(ada.playback().at("paused").as_bool());
    EXPECT_TRUE(ada.playback().at("by").is_null());
    w_.run(40s);
    EXPECT_TRUE(ada.playback().at("paused").as_bool());
    EXPECT_EQ(ada.playback().at("position").to_number<double>(), 30);
    w_.ask(ada, TestClient::kPlay);
    EXPECT_EQ(ada.playback().at("position").to_number<double>(), 0) << "from the beginning";
}

TEST_F(RoomSessionTest, NextGoesWhereMostVotesAre) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "next"}}), "nothing_on");
    w_.add(ada, w_.film());
    const std::string b = w_.add(ada, w_.film());
    const std::string c = w_.add(ada, w_.film());
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(w_.ask(bo, {{"type", "queue"}, {"op", "vote"}, {"item", c}}), "ack");
    }
    EXPECT_EQ(ada.last("queue")->at("queue").at(2).at("votes").as_int64(), 1);
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "next"}}), "ack");
    EXPECT_EQ(ada.playback().at("item").as_string(), c);
    EXPECT_EQ(ada.last("queue")->at("queue").at(1).at("id").as_string(), c);
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "next"}}), "ack");
    EXPECT_EQ(ada.playback().at("item").as_string(), b) << "who was overtaken still comes";
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "next"}}), "nothing_next");
}

TEST_F(RoomSessionTest, SelectPutsAnItemOnAndOnlyOneThatIsThere) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    const std::string b = w_.add(ada, w_.film());
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "select"}, {"item", b}}), "ack");
    EXPECT_EQ(ada.playback().at("item").as_string(), b);
    EXPECT_TRUE(ada.playback().at("paused").as_bool());
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "select"}, {"item", "nonsense"}}),
              "no_such_item");
}

TEST_F(RoomSessionTest, RemovingWhatIsOnPutsTheNextOnAndClearingPutsNothingOn) {
    TestClient& ada = w_.join(w_.ada, room_);
    const std::string a = w_.add(ada, w_.film());
    const std::string b = w_.add(ada, w_.film());
    w_.ask(ada, TestClient::kPlay);
    w_.run(3s);
    EXPECT_EQ(w_.ask(ada, {{"type", "queue"}, {"op", "remove"}, {"item", a}}), "ack");
    EXPECT_EQ(ada.playback().at("item").as_string(), b);
    EXPECT_TRUE(ada.playback().at("paused").as_bool());
    EXPECT_EQ(ada.playback().at("position").to_number<double>(), 0);
    EXPECT_EQ(w_.ask(ada, {{"type", "queue"}, {"op", "clear"}}), "ack");
    EXPECT_TRUE(ada.playback().at("item").is_null());
    EXPECT_TRUE(ada.playback().at("video").is_null());
    EXPECT_TRUE(ada.last("queue")->at("queue").as_array().empty());
}

TEST_F(RoomSessionTest, ItemsMoveAndWhoAddedOneMayTakeItAway) {
    const RoomCode strict = w_.room(Hold::None, Control::Moderators);
    TestClient& ada = w_.join(w_.ada, strict);
    TestClient& bo = w_.join(w_.user("Bo"), strict);
    const std::string a = w_.add(ada, w_.film());
    const std::string b = w_.add(ada, w_.film());
    EXPECT_EQ(w_.ask(ada, {{"type", "queue"}, {"op", "move"}, {"item", b}, {"before", a}}), "ack");
    EXPECT_EQ(ada.last("queue")->at("queue").at(0).at("id").as_string(), b);
    EXPECT_EQ(w_.ask(bo, {{"type", "queue"}, {"op", "remove"}, {"item", a}}), "forbidden");
    EXPECT_EQ(
        w_.ask(ada, {{"type", "role"}, {"member", bo.who.user.text()}, {"role", "moderator"}}),
        "ack");
    const VideoId own = w_.film();
    w_.films.films[own].owner = bo.who.user;
    const std::string c = w_.add(bo, own);
    EXPECT_EQ(w_.ask(ada, {{"type", "role"}, {"member", bo.who.user.text()}, {"role", "viewer"}}),
              "ack");
    EXPECT_EQ(w_.ask(bo, {{"type", "queue"}, {"op", "remove"}, {"item", c}}), "ack");
}

TEST_F(RoomSessionTest, OnlyFilmsOfOnesOwnGoOnTheQueue) {
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    const VideoId adas = w_.film();
    EXPECT_EQ(w_.ask(bo, {{"type", "queue"}, {"op", "add"}, {"video", adas.text()}}), "forbidden");
    EXPECT_EQ(w_.ask(bo, {{"type", "queue"}, {"op", "add"}, {"video", "nonsense"}}), "forbidden");
}

}  // namespace
}  // namespace syncwatch
