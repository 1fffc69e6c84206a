// What a room keeps and answers: chat, repeated requests, drops, restarts.
#include <gtest/gtest.h>

#include "harness/live_room_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using Frame = TestClient::Frame;

Frame line(std::string text) {
    return {{"type", "chat"}, {"text", std::move(text)}};
}

class RoomChatTest : public testing::Test {
protected:
    static std::vector<std::string> texts(const std::vector<Frame>& frames) {
        std::vector<std::string> out;
        for (const Frame& each : frames) {
            out.emplace_back(each.at("message").at("text").as_string());
        }
        return out;
    }
    static std::vector<std::string> welcomed_with(const TestClient& client) {
        std::vector<std::string> out;
        for (const auto& each : client.frames.front().at("messages").as_array()) {
            out.emplace_back(each.at("text").as_string());
        }
        return out;
    }
    /// The same place at every moment, whoever said so and when.
    static bool same_film(const json::value& a, const Frame& b) {
        return std::ranges::all_of(
            std::array{"item", "video", "paused", "rate", "position", "at_us"},
            [&](const char* name) { return a.at(name) == b.at(name); });
    }
    std::vector<std::string> kept() {
        std::vector<std::string> out;
        for (const auto& each : w_.data.chat[room_]) out.push_back(each.message.text);
        return out;
    }

    LiveRoomWorld w_;
    const RoomCode room_ = w_.room();
};

TEST_F(RoomChatTest, AMessageIsHeardByAllAndItsAckNamesIt) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    const std::string id = bo.ask(line("watch the squirrel 👀"));
    w_.world.settle();
    const Frame message = ada.last("chat")->at("message").as_object();
    EXPECT_EQ(message.at("by").as_string(), bo.who.user.text());
    EXPECT_EQ(message.at("name").as_string(), "Bo");
    EXPECT_TRUE(message.at("position").is_null()) << "nothing is on";
    EXPECT_EQ(bo.last("ack")->at("message"), message.at("id"));
    EXPECT_EQ(bo.last("chat"), ada.last("chat"));
    w_.add(ada, w_.film());
    w_.ask(bo, {{"type", "chat"}, {"text", "ha"}, {"reply_to", message.at("id")}});
    const Frame reply = ada.last("chat")->at("message").as_object();
    EXPECT_EQ(reply.at("reply_to"), message.at("id"));
    EXPECT_EQ(reply.at("position").to_number<double>(), 0);
}

TEST_F(RoomChatTest, EverybodyHearsTheSameOrderAndNoTwoMessagesShareATime) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    for (int i = 0; i < 20; ++i) (i % 2 == 0 ? ada : bo).ask(line(std::to_string(i)));
    w_.world.settle();
    EXPECT_EQ(texts(ada.heard("chat")), texts(bo.heard("chat")));
    std::int64_t last = 0;
    for (const Frame& each : ada.heard("chat")) {
        EXPECT_GT(each.at("message").at("sent_at").as_int64(), last);
        last = each.at("message").at("sent_at").as_int64();
    }
}

TEST_F(RoomChatTest, WhoComesReadsTheNewestAndWhoDroppedWhatTheyMissed) {
    TestClient& ada = w_.join(w_.ada, room_);
    for (int i = 0; i < 55; ++i) {
        ASSERT_EQ(w_.ask(ada, line(std::to_string(i))), "ack");
        w_.run(300ms);
    }
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    const auto history = welcomed_with(bo);
    ASSERT_EQ(history.size(), 50u);
    EXPECT_EQ(history.front(), "5");
    EXPECT_EQ(history.back(), "54");
    const std::string last(bo.frames.front().at("messages").as_array().back().at("id").as_string());
    w_.drop(bo);
    w_.ask(ada, line("missed"));
    w_.ask(ada, line("missed, too"));
    EXPECT_EQ(welcomed_with(w_.resume(bo, room_, last)),
              (std::vector<std::string>{"missed", "missed, too"}));
}

TEST_F(RoomChatTest, WhatWasMissedLongAgoIsReadFromTheStore) {
    TestClient& ada = w_.join(w_.ada, room_);
    ASSERT_EQ(w_.ask(ada, line("first")), "ack");
    const std::string first(ada.last("chat")->at("message").at("id").as_string());
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    w_.drop(bo);
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(w_.ask(ada, line(std::to_string(i))), "ack");
        w_.run(250ms);
    }
    const auto missed = welcomed_with(w_.resume(bo, room_, first));
    ASSERT_EQ(missed.size(), 100u);
    EXPECT_EQ(missed.front(), "0");
    EXPECT_EQ(missed.back(), "99");
    EXPECT_EQ(welcomed_with(w_.resume(bo, room_, "nonsense")).size(), 101u)
        << "an unknown message is before all";
}

TEST_F(RoomChatTest, ARepeatedRequestIsAnsweredAgainAndDoneOnce) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    const Frame once{{"type", "chat"}, {"id", "m1"}, {"text", "hello"}};
    bo.say(once);
    w_.world.settle();
    const Frame ack = bo.last("ack").value();
    w_.drop(bo);
    TestClient& back = w_.resume(bo, room_);
    back.say(once);
    back.say(once);
    w_.world.settle();
    EXPECT_EQ(back.heard("ack"), (std::vector<Frame>{ack, ack}));
    EXPECT_EQ(texts(ada.heard("chat")), std::vector<std::string>{"hello"});
    EXPECT_EQ(kept(), std::vector<std::string>{"hello"});
}

TEST_F(RoomChatTest, ANewPageCountsFromOneAgainAndMeansSomethingElse) {
    TestClient& first = w_.join(w_.ada, room_);
    first.say({{"type", "chat"}, {"id", "m1"}, {"text", "hello"}});
    w_.world.settle();
    w_.drop(first);
    TestClient& second = w_.join(w_.ada, room_);
    second.say({{"type", "chat"}, {"id", "m1"}, {"text", "hi again"}});
    w_.world.settle();
    EXPECT_EQ(kept(), (std::vector<std::string>{"hello", "hi again"}));
}

TEST_F(RoomChatTest, TheSameRequestIsDoneOnceAlsoForWhoDoesNotSayThatTheyDropped) {
    TestClient& first = w_.join(w_.ada, room_);
    w_.add(first, w_.film());
    const Frame words{{"type", "chat"}, {"id", "m1"}, {"text", "hello"}};
    const Frame film{{"type", "queue"}, {"id", "q1"}, {"op", "add"}, {"video", w_.film().text()}};
    const Frame seek{{"type", "control"}, {"id", "c1"}, {"action", "seek"}, {"position", 5}};
    for (const Frame& each : {words, film, seek}) first.say(each);
    w_.world.settle();
    w_.ask(first, {{"type", "control"}, {"action", "seek"}, {"position", 9}});
    w_.drop(first);
    w_.run(20s);
    TestClient& second = w_.join(w_.ada, room_);
    for (const Frame& each : {words, film, seek}) second.say(each);
    w_.world.settle();
    for (const char* id : {"m1", "q1", "c1"}) EXPECT_EQ(second.answer(id), "ack") << id;
    EXPECT_EQ(kept(), std::vector<std::string>{"hello"});
    EXPECT_EQ(w_.data.queues[room_].queue.items.size(), 2u);
    EXPECT_TRUE(second.heard("playback").empty()) << "nor does the film go back";
    w_.stop();
    w_.start();
    TestClient& third = w_.join(w_.ada, room_);
    for (const Frame& each : {words, film}) third.say(each);
    w_.world.settle();
    EXPECT_EQ(kept(), std::vector<std::string>{"hello"});
    EXPECT_EQ(w_.data.queues[room_].queue.items.size(), 2u);
    w_.run(15min);
    w_.stop();
    w_.start();
    TestClient& later = w_.join(w_.ada, room_);
    later.say(words);
    w_.world.settle();
    EXPECT_EQ(kept(), (std::vector<std::string>{"hello", "hello"})) << "that is said anew";
}

TEST_F(RoomChatTest, AMessageWhoseAckWasLostWithTheServerIsKeptOnce) {
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    const Frame once{{"type", "chat"}, {"id", "m1"}, {"text", "hello"}};
    bo.say(once);
    w_.world.settle();
    const std::string id(bo.last("ack")->at("message").as_string());
    w_.stop();
    w_.start();
    TestClient& back = w_.resume(bo, room_);
    EXPECT_EQ(welcomed_with(back), std::vector<std::string>{"hello"});
    back.say(once);
    w_.world.settle();
    EXPECT_EQ(back.last("ack")->at("message").as_string(), id);
    EXPECT_EQ(kept(), std::vector<std::string>{"hello"});
    EXPECT_TRUE(back.heard("chat").empty()) << "it stood in the welcome";
}

TEST_F(RoomChatTest, AFilmThatWasAddedBeforeTheServerEndedIsAddedOnce) {
    TestClient& ada = w_.join(w_.ada, room_);
    const Frame once{{"type", "queue"}, {"id", "q1"}, {"op", "add"}, {"video", w_.film().text()}};
    ada.say(once);
    w_.world.settle();
    w_.stop();
    w_.start();
    TestClient& back = w_.resume(ada, room_);
    back.say(once);
    w_.world.settle();
    EXPECT_EQ(back.answer("q1"), "ack");
    EXPECT_EQ(w_.data.queues[room_].queue.items.size(), 1u);
}

TEST_F(RoomChatTest, TooManyMessagesAreRefusedAndLaterOnesTaken) {
    TestClient& ada = w_.join(w_.ada, room_);
    int refused = 0;
    for (int i = 0; i < 100; ++i) {
        if (w_.ask(ada, line("x")) == "too_many_requests") ++refused;
    }
    EXPECT_EQ(refused, 40);
    EXPECT_FALSE(ada.closed);
    w_.run(2s);
    EXPECT_EQ(w_.ask(ada, line("x")), "ack");
    for (int i = 0; i < 40; ++i) ada.say(R"({"type":"react","emoji":"🔥"})");
    EXPECT_EQ(ada.heard("react").size(), 30u);
    EXPECT_EQ(ada.last("error")->at("code").as_string(), "too_many_requests");
    EXPECT_FALSE(ada.last("error")->contains("id"));
}

TEST_F(RoomChatTest, AReactionIsOneEmoji) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    bo.say(R"({"type":"react","emoji":"🔥","position":12.5})");
    const Frame react = ada.last("react").value();
    EXPECT_EQ(react.at("by").as_string(), bo.who.user.text());
    EXPECT_EQ(react.at("name").as_string(), "Bo");
    EXPECT_EQ(react.at("position").to_number<double>(), 12.5);
    bo.say(R"({"type":"react","emoji":"not one"})");
    EXPECT_EQ(bo.last("error")->at("code").as_string(), "invalid");
}

TEST_F(RoomChatTest, ADroppedMemberCountsAsPresentForTenSeconds) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    ada.forget();
    w_.drop(bo);
    w_.run(9s);
    TestClient& back = w_.resume(bo, room_);
    w_.run(20s);
    EXPECT_TRUE(ada.heard("members").empty()) << "nobody noticed";
    EXPECT_EQ(back.frames.front().at("members").as_array().size(), 2u);
    EXPECT_EQ(w_.metrics.resumes.load(), 1u);
    w_.drop(back);
    w_.run(11s);
    const auto news = ada.heard("members");
    ASSERT_EQ(news.size(), 1u);
    EXPECT_EQ(news[0].at("left").at(0).as_string(), bo.who.user.text());
    EXPECT_EQ(w_.presence.names(room_), std::vector<std::string>{"Ada"});
    EXPECT_EQ(w_.metrics.lost.load(), 1u);
}

TEST_F(RoomChatTest, WhoLeavesIsGoneAtOnceButNotWithOneTabOfTwo) {
    TestClient& ada = w_.join(w_.ada, room_);
    const Principal bo = w_.user("Bo");
    TestClient& first = w_.join(bo, room_);
    TestClient& second = w_.join(bo, room_);
    ada.forget();
    w_.leave(first);
    EXPECT_TRUE(ada.heard("members").empty());
    w_.leave(second);
    ASSERT_EQ(ada.heard("members").size(), 1u);
    EXPECT_EQ(ada.last("members")->at("left").at(0).as_string(), bo.user.text());
    EXPECT_EQ(w_.presence.present(room_), 1u);
    EXPECT_EQ(w_.metrics.lost.load(), 0u);
    // A page that is loaded anew closes with 1001: that is no leaving.
    TestClient& third = w_.join(bo, room_);
    ada.forget();
    w_.leave(third, 1001);
    EXPECT_TRUE(ada.heard("members").empty());
}

TEST_F(RoomChatTest, AMemberWhoLeavesAndReturnsAHundredTimesLeavesNothingBehind) {
    TestClient& ada = w_.join(w_.ada, room_);
    const Principal bo = w_.user("Bo");
    for (int i = 0; i < 100; ++i) {
        TestClient& client = w_.join(bo, room_);
        ASSERT_FALSE(client.closed);
        w_.drop(client);
        w_.run(i % 2 == 0 ? 1s : 11s);
    }
    w_.run(11s);
    EXPECT_EQ(w_.presence.present(room_), 1u);
    EXPECT_EQ(w_.metrics.members.load(), 1);
    EXPECT_EQ(w_.metrics.lines.load(), 1);
    EXPECT_EQ(ada.frames.front().at("members").as_array().size(), 1u);
    int here = 0;
    for (const Frame& each : ada.heard("members")) {
        here += static_cast<int>(each.at("joined").as_array().size());
        here -= static_cast<int>(each.at("left").as_array().size());
    }
    EXPECT_EQ(here, 1) << "Ada herself, and Bo as often gone as come";
}

TEST_F(RoomChatTest, SeveralTabsOfOnePersonAreOneMember) {
    const Principal bo = w_.user("Bo");
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& first = w_.join(bo, room_);
    ada.forget();
    TestClient& second = w_.join(bo, room_);
    EXPECT_EQ(second.frames.front().at("members").as_array().size(), 2u);
    EXPECT_TRUE(ada.heard("members").empty());
    w_.ask(second, line("hi"));
    EXPECT_EQ(first.heard("chat").size(), 1u);
    w_.drop(first);
    w_.run(15s);
    EXPECT_TRUE(ada.heard("members").empty()) << "the other tab is still here";
}

TEST_F(RoomChatTest, ARestartKeepsRoomPositionQueueAndChat) {
    TestClient& ada = w_.join(w_.ada, room_);
    const std::string item = w_.add(ada, w_.film());
    w_.ask(ada, line("hello"));
    w_.ask(ada, {{"type", "control"}, {"action", "play"}});
    w_.run(30s);
    const auto before = ada.playback();
    w_.stop(500ms);
    EXPECT_EQ(ada.last("goodbye")->at("reason").as_string(), "draining");
    EXPECT_EQ(ada.closed, 1012);
    w_.run(5s);
    w_.start();
    TestClient& back = w_.resume(ada, room_);
    const Frame& welcome = back.frames.front();
    EXPECT_TRUE(same_film(welcome.at("playback"), before)) << "the film went on meanwhile";
    EXPECT_EQ(welcome.at("queue").at(0).at("id").as_string(), item);
    EXPECT_EQ(welcome.at("messages").at(0).at("text").as_string(), "hello");
}

TEST_F(RoomChatTest, AServerThatWasAwayForLongFindsTheFilmWhereItWas) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    w_.ask(ada, {{"type", "control"}, {"action", "play"}});
    w_.run(30s);
    w_.stop();
    w_.run(1h);
    w_.start();
    const Frame playback = w_.join(w_.ada, room_).frames.front().at("playback").as_object();
    EXPECT_TRUE(playback.at("paused").as_bool());
    EXPECT_NEAR(playback.at("position").to_number<double>(), 30, 1);
}

TEST_F(RoomChatTest, ARoomThatEverybodyLeftStandsWhereTheyLeftIt) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    w_.ask(ada, {{"type", "control"}, {"action", "play"}});
    w_.run(30s);
    w_.drop(ada);
    w_.run(10min);
    EXPECT_EQ(w_.metrics.rooms.load(), 0) << "it was let go of";
    const Frame playback = w_.join(w_.ada, room_).frames.front().at("playback").as_object();
    EXPECT_TRUE(playback.at("paused").as_bool());
    EXPECT_NEAR(playback.at("position").to_number<double>(), 30, 0.5);
}

TEST_F(RoomChatTest, ARoomThatWasLeftForAMomentGoesOn) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    w_.ask(ada, {{"type", "control"}, {"action", "play"}});
    const auto before = ada.playback();
    w_.drop(ada);
    w_.run(40s);
    EXPECT_TRUE(same_film(w_.join(w_.ada, room_).frames.front().at("playback"), before));
}

TEST_F(RoomChatTest, AClockThatJumpsMovesNoPicture) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    w_.ask(ada, {{"type", "control"}, {"action", "play"}});
    w_.run(10s);
    for (const auto jump : {1h, -2h}) {
        w_.world.step_wall(jump);
        w_.run(5s);
        ada.say(R"({"type":"clock","t0":1})");
        const auto told = ada.last("clock")->at("t1").as_int64();
        EXPECT_LT(std::abs(told - to_micros(w_.time.now())), 1000);
    }
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "pause"}}), "ack");
    EXPECT_NEAR(ada.playback().at("position").to_number<double>(), 20, 0.3);
    const auto stamp_of = [](const Frame& frame) {
        return Stamp::parse(std::string(frame.at("playback").at("stamp").as_string())).value();
    };
    const auto told = ada.heard("playback");
    EXPECT_GT(stamp_of(told.back()), stamp_of(told.front()));
}

}  // namespace
}  // namespace syncwatch
