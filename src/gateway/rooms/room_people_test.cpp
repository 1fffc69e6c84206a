// Who is in a room and what they may: roles, kicks, bans, holds, voice, what is decided elsewhere.
#include <gtest/gtest.h>

#include "harness/live_room_world.h"
#include "services/rooms/room_notices.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using Frame = TestClient::Frame;

class RoomPeopleTest : public testing::Test {
protected:
    void publish(const std::string& topic, std::string payload) {
        w_.bus.publish(topic, std::move(payload));
        w_.world.settle();
    }
    static Frame role(const TestClient& whom, const char* word) {
        return {{"type", "role"}, {"member", whom.who.user.text()}, {"role", word}};
    }
    static Frame kick(const TestClient& whom) {
        return {{"type", "kick"}, {"member", whom.who.user.text()}};
    }
    void report(TestClient& client, const char* state, double buffered = 0) {
        client.say({{"type", "report"},
                    {"state", state},
                    {"position", 1},
                    {"at_us", to_micros(w_.time.now())},
                    {"drift_ms", 0.5},
                    {"buffered_s", buffered}});
        w_.world.settle();
    }
    static json::value changed(const TestClient& client) {
        return client.last("members").value().at("changed").at(0);
    }

    LiveRoomWorld w_;
    const RoomCode room_ = w_.room();
    const Principal bos_ = w_.user("Bo");
    const Principal cys_ = w_.user("Cy");
};

TEST_F(RoomPeopleTest, TheOwnerGivesRolesAndNobodyElse) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    TestClient& cy = w_.join(cys_, room_);
    EXPECT_EQ(w_.ask(bo, role(cy, "moderator")), "forbidden");
    EXPECT_EQ(w_.ask(ada, role(bo, "moderator")), "ack");
    EXPECT_EQ(changed(cy).at("role").as_string(), "moderator");
    EXPECT_EQ(w_.ask(bo, role(cy, "moderator")), "forbidden") << "a moderator makes no others";
    EXPECT_EQ(w_.ask(ada, role(ada, "viewer")), "forbidden") << "a room keeps its owner";
    EXPECT_EQ(w_.ask(ada, {{"type", "role"}, {"member", "x"}, {"role", "viewer"}}), "not_found");
    EXPECT_EQ(w_.data.visits.at({room_, bos_.user}).membership.role, Role::Moderator);
    EXPECT_EQ(w_.audit.entries, std::vector<std::string>{"role.given " + bos_.user.text()});
}

TEST_F(RoomPeopleTest, APartThatIsDownIsToldToAllAndToWhoComesUntilItIsBack) {
    TestClient& ada = w_.join(w_.ada, room_);
    EXPECT_FALSE(ada.last("notice"));
    w_.rooms->notice("bus_degraded", true);
    w_.rooms->notice("bus_degraded", true);
    w_.world.settle();
    EXPECT_EQ(ada.heard("notice").size(), 1U);
    EXPECT_EQ(ada.last("notice").value().at("code").as_string(), "bus_degraded");
    EXPECT_EQ(ada.last("notice").value().at("active").as_bool(), true);
    TestClient& bo = w_.join(bos_, room_);
    EXPECT_EQ(bo.last("notice").value().at("code").as_string(), "bus_degraded");
    w_.rooms->notice("bus_degraded", false);
    w_.world.settle();
    EXPECT_EQ(bo.last("notice").value().at("active").as_bool(), false);
    TestClient& cy = w_.join(cys_, room_);
    EXPECT_FALSE(cy.last("notice"));
}

TEST_F(RoomPeopleTest, AKickedMemberIsSentAwayAtOnceAndMayComeBack) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    TestClient& tab = w_.join(bos_, room_);
    TestClient& cy = w_.join(cys_, room_);
    EXPECT_EQ(w_.ask(cy, kick(bo)), "forbidden");
    EXPECT_EQ(w_.ask(ada, kick(ada)), "forbidden");
    EXPECT_EQ(w_.ask(ada, kick(bo)), "ack");
    EXPECT_EQ(bo.closed, 4403);
    EXPECT_EQ(tab.closed, 4403);
    EXPECT_EQ(cy.last("members")->at("left").at(0).as_string(), bos_.user.text());
    EXPECT_EQ(w_.ask(ada, kick(bo)), "not_found");
    EXPECT_FALSE(w_.join(bos_, room_).closed);
    EXPECT_EQ(w_.audit.entries, std::vector<std::string>{"member.kicked " + bos_.user.text()});
}

TEST_F(RoomPeopleTest, WhoeverWasSentAwayIsGoneWhenTheNodeEnds) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    EXPECT_EQ(w_.ask(ada, kick(bo)), "ack");
    w_.drop(bo);
    w_.stop();
    EXPECT_EQ(bo.closed, 4403);
    EXPECT_EQ(ada.closed, 1012);
}

TEST_F(RoomPeopleTest, ABanReachesWhoIsInsideByPersonAndByAddress) {
    TestClient& ada = w_.join(w_.ada, room_, "198.51.100.7");
    TestClient& bo = w_.join(bos_, room_, "198.51.100.8");
    TestClient& cy = w_.join(cys_, room_, "198.51.100.7");
    publish(topics::room(room_), banned_notice(bos_.user, ""));
    EXPECT_EQ(bo.closed, 4403);
    EXPECT_FALSE(cy.closed);
    publish(topics::room(room_), banned_notice(std::nullopt, "198.51.100.7"));
    EXPECT_EQ(cy.closed, 4403);
    EXPECT_FALSE(ada.closed) << "the owner stays";
}

TEST_F(RoomPeopleTest, WhoWasBannedBetweenTicketAndHelloDoesNotComeIn) {
    TestClient& bo = w_.open(bos_, room_);
    Ban ban;
    ban.room = room_;
    ban.user = bos_.user;
    w_.data.bans.push_back(ban);
    bo.say(R"({"type":"hello","protocol":1})");
    w_.world.settle();
    EXPECT_EQ(bo.closed, 4403);
}

TEST_F(RoomPeopleTest, TicketsThatAreUsedAtOnceDoNotOverfillARoom) {
    w_.data.rooms[room_].capacity = 2;
    TestClient& bo = w_.open(bos_, room_);
    TestClient& cy = w_.open(cys_, room_);
    TestClient& di = w_.open(w_.user("Di"), room_);
    for (TestClient* each : {&bo, &cy, &di}) each->say(R"({"type":"hello","protocol":1})");
    w_.world.settle();
    EXPECT_FALSE(bo.closed);
    EXPECT_FALSE(cy.closed);
    EXPECT_EQ(di.closed, 1013);
    EXPECT_FALSE(w_.join(bos_, room_).closed) << "another tab takes no other place";
    EXPECT_FALSE(w_.join(w_.ada, room_).closed) << "it is hers";
}

TEST_F(RoomPeopleTest, ARoomThatIsDeletedSendsEverybodyAway) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    w_.data.remove_room(room_);
    publish(topics::room(room_), deleted_notice());
    EXPECT_EQ(ada.closed, 4404);
    EXPECT_EQ(bo.closed, 4404);
    EXPECT_EQ(w_.presence.present(room_), 0u);
    EXPECT_EQ(w_.join(w_.ada, room_).closed, 4404);
    w_.run(1s);
    EXPECT_EQ(w_.metrics.rooms.load(), 0);
    EXPECT_FALSE(w_.data.playback.contains(room_));
}

TEST_F(RoomPeopleTest, ASessionThatEndsTakesItsSocketsAlongInsideAndOnTheWay) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    TestClient& coming = w_.open(bos_, room_);
    publish(topics::kSessionEnded, bos_.session.text());
    EXPECT_EQ(bo.closed, 4401);
    EXPECT_EQ(coming.closed, 4401);
    EXPECT_FALSE(ada.closed);
    EXPECT_EQ(ada.last("members")->at("left").as_array().size(), 1u);
}

TEST_F(RoomPeopleTest, AnAccountThatIsDeletedIsGoneAndOneThatChangesItsNameIsSeen) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    w_.data.accounts[bos_.user].display_name = "Bobo";
    publish(topics::kAccountChanged, bos_.user.text());
    EXPECT_EQ(changed(ada).at("name").as_string(), "Bobo");
    EXPECT_EQ(w_.presence.names(room_), (std::vector<std::string>{"Ada", "Bobo"}));
    publish(topics::kAccountDeleted, bos_.user.text());
    EXPECT_EQ(bo.closed, 4401);
}

TEST_F(RoomPeopleTest, SettingsTakeEffectAtOnce) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    w_.add(ada, w_.film());
    w_.data.rooms[room_].control = Control::Host;
    w_.data.rooms[room_].name = "Renamed";
    publish(topics::room(room_), settings_notice());
    EXPECT_EQ(bo.last("room")->at("room").at("name").as_string(), "Renamed");
    EXPECT_EQ(bo.last("room")->at("room").at("present").as_int64(), 2);
    EXPECT_EQ(w_.ask(bo, TestClient::kPlay), "forbidden");
}

TEST_F(RoomPeopleTest, AFilmThatChangesIsShownAndOneThatIsGoneLeavesTheQueue) {
    TestClient& ada = w_.join(w_.ada, room_);
    const VideoId first = w_.film();
    const VideoId second = w_.film();
    w_.films.films[first].film.status = VideoStatus::Transcoding;
    w_.films.films[first].film.playable_until = 20;
    w_.add(ada, first);
    const std::string item = w_.add(ada, second);
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "seek"}, {"position", 300}}), "ack");
    EXPECT_EQ(ada.playback().at("position").to_number<double>(), 20) << "what is playable so far";
    w_.films.films[first].film.playable_until = 60;
    w_.tell_video_changed(first);
    EXPECT_EQ(ada.last("queue")->at("queue").at(0).at("playable_until").to_number<double>(), 60);
    w_.films.films.erase(first);
    w_.tell_video_changed(first);
    EXPECT_EQ(ada.last("queue")->at("queue").as_array().size(), 1u);
    EXPECT_EQ(ada.playback().at("item").as_string(), item);
}

TEST_F(RoomPeopleTest, AFilmThatIsStillBeingMadeIsWaitedForAtItsEdge) {
    TestClient& ada = w_.join(w_.ada, room_);
    const VideoId video = w_.film(600);
    RoomFilm& film = w_.films.films[video].film;
    film.status = VideoStatus::Transcoding;
    film.playable_until = 10;
    w_.add(ada, video);
    w_.ask(ada, TestClient::kPlay);
    w_.run(15s);
    EXPECT_TRUE(ada.playback().at("paused").as_bool());
    EXPECT_NEAR(ada.playback().at("position").to_number<double>(), 9, 0.5);
    EXPECT_TRUE(ada.playback().at("by").is_null());
    film.playable_until = 12;
    w_.tell_video_changed(video);
    EXPECT_TRUE(ada.playback().at("paused").as_bool()) << "not worth a start yet";
    film.playable_until = 30;
    w_.tell_video_changed(video);
    EXPECT_FALSE(ada.playback().at("paused").as_bool());
}

TEST_F(RoomPeopleTest, WhatHasNoPlayablePartDoesNotPlay) {
    TestClient& ada = w_.join(w_.ada, room_);
    const VideoId video = w_.film();
    w_.films.films[video].film.status = VideoStatus::Uploading;
    w_.films.films[video].film.playable_until = 0;
    w_.films.films[video].film.duration.reset();
    w_.add(ada, video);
    EXPECT_EQ(w_.ask(ada, TestClient::kPlay), "not_playable");
}

TEST_F(RoomPeopleTest, TheRoomWaitsForWhoBuffersAndNotForLongerThanFiveSeconds) {
    const RoomCode room = w_.room(Hold::Everyone);
    TestClient& ada = w_.join(w_.ada, room);
    TestClient& bo = w_.join(bos_, room);
    w_.add(ada, w_.film());
    w_.ask(ada, TestClient::kPlay);
    w_.run(2s);
    report(ada, "playing", 20);
    report(bo, "playing", 20);
    report(bo, "buffering");
    const Frame held = ada.playback();
    EXPECT_TRUE(held.at("paused").as_bool());
    EXPECT_TRUE(held.at("by").is_null());
    EXPECT_EQ(held.at("held").at(0).as_string(), bos_.user.text());
    EXPECT_EQ(held.at("hold").at("members"), held.at("held"));
    EXPECT_EQ(held.at("hold").at("until_us").as_int64(), to_micros(w_.time.now() + 5s));
    report(bo, "paused", 5);
    EXPECT_FALSE(ada.playback().at("paused").as_bool()) << "ready again";
    EXPECT_TRUE(ada.playback().at("hold").is_null());
    w_.run(2s);
    report(bo, "buffering");
    EXPECT_TRUE(ada.playback().at("paused").as_bool());
    w_.run(5500ms);
    EXPECT_FALSE(ada.playback().at("paused").as_bool()) << "the others want to see it, too";
    w_.run(2s);
    report(bo, "buffering");
    EXPECT_FALSE(ada.playback().at("paused").as_bool()) << "not again at once";
    EXPECT_EQ(w_.metrics.holds.load(), 2u);
    EXPECT_EQ(w_.metrics.holds_timed_out.load(), 1u);
}

TEST_F(RoomPeopleTest, PlayDuringAHoldMeansGoOnWithoutThem) {
    const RoomCode room = w_.room(Hold::Everyone);
    TestClient& ada = w_.join(w_.ada, room);
    TestClient& bo = w_.join(bos_, room);
    w_.add(ada, w_.film());
    w_.ask(ada, TestClient::kPlay);
    w_.run(2s);
    report(bo, "playing", 20);
    report(bo, "buffering");
    EXPECT_EQ(w_.ask(ada, TestClient::kPlay), "ack");
    EXPECT_FALSE(ada.playback().at("paused").as_bool());
    EXPECT_TRUE(ada.playback().at("held").as_array().empty());
}

TEST_F(RoomPeopleTest, APauseDuringAHoldIsAPause) {
    const RoomCode room = w_.room(Hold::Everyone);
    TestClient& ada = w_.join(w_.ada, room);
    TestClient& bo = w_.join(bos_, room);
    w_.add(ada, w_.film());
    w_.ask(ada, TestClient::kPlay);
    w_.run(2s);
    report(bo, "playing", 20);
    report(bo, "buffering");
    EXPECT_EQ(w_.ask(ada, {{"type", "control"}, {"action", "pause"}}), "ack");
    EXPECT_EQ(ada.playback().at("by").as_string(), w_.ada.user.text());
    report(bo, "paused", 20);
    w_.run(10s);
    EXPECT_TRUE(ada.playback().at("paused").as_bool());
}

TEST_F(RoomPeopleTest, JoiningAndDroppingHoldNobodyUp) {
    const RoomCode room = w_.room(Hold::Everyone);
    TestClient& ada = w_.join(w_.ada, room);
    TestClient& bo = w_.join(bos_, room);
    w_.add(ada, w_.film());
    w_.ask(ada, TestClient::kPlay);
    w_.run(2s);
    report(bo, "playing", 20);
    TestClient& cy = w_.join(cys_, room);
    report(cy, "buffering");
    TestClient& tab = w_.join(bos_, room);
    report(tab, "buffering");
    EXPECT_FALSE(ada.playback().at("paused").as_bool());
    report(bo, "buffering");
    EXPECT_TRUE(ada.playback().at("paused").as_bool());
    w_.drop(bo);
    w_.drop(tab);
    EXPECT_FALSE(ada.playback().at("paused").as_bool()) << "nobody waits for who is gone";
}

TEST_F(RoomPeopleTest, StatesAndDriftAreTold) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    ada.forget();
    report(bo, "playing", 20);
    EXPECT_EQ(changed(ada).at("state").as_string(), "playing");
    EXPECT_EQ(changed(ada).at("drift_ms").to_number<double>(), 0.5);
    bo.say(R"({"type":"report","state":"playing","drift_ms":-120.04})");
    EXPECT_EQ(ada.heard("members").size(), 1u) << "a number alone is not worth a frame at once";
    w_.run(1500ms);
    EXPECT_EQ(changed(ada).at("drift_ms").to_number<double>(), -120);
    EXPECT_EQ(w_.metrics.drift.sum_us.load(), 120'540u);
}

TEST_F(RoomPeopleTest, VoiceIsToldAndSignalsGoToOnePersonAlone) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(bos_, room_);
    TestClient& cy = w_.join(cys_, room_);
    bo.say(R"({"type":"voice","state":{"joined":true,"muted":false,"speaking":true}})");
    EXPECT_EQ(ada.last("voice")->at("member").as_string(), bos_.user.text());
    for (int i = 0; i < 50; ++i) {
        bo.say({{"type", "voice"},
                {"state", {{"joined", true}, {"muted", false}, {"speaking", i % 2 == 0}}}});
    }
    w_.run(1s);
    EXPECT_LE(ada.heard("voice").size(), 3u) << "not every syllable";
    EXPECT_FALSE(ada.last("voice")->at("state").at("speaking").as_bool());
    TestClient& late = w_.join(w_.user("Di"), room_);
    EXPECT_TRUE(late.frames.front().at("members").at(1).at("voice").at("joined").as_bool());

    ada.say({{"type", "signal"}, {"to", bos_.user.text()}, {"data", {{"sdp", "v=0\r\n"}}}});
    EXPECT_EQ(bo.last("signal")->at("from").as_string(), w_.ada.user.text());
    EXPECT_EQ(bo.last("signal")->at("data").at("sdp").as_string(), "v=0\r\n");
    EXPECT_TRUE(cy.heard("signal").empty());
    ada.say({{"type", "signal"}, {"to", "nobody"}, {"data", 1}});
    EXPECT_EQ(ada.last("error")->at("code").as_string(), "not_found");
}

TEST_F(RoomPeopleTest, AThousandMembersWhoComeAndReportCostNoThousandFramesEach) {
    LiveRoomWorld world;
    const RoomCode room = world.room();
    world.data.rooms[room].capacity = 1000;
    TestClient& ada = world.join(world.ada, room);
    std::vector<TestClient*> crowd;
    for (int i = 0; i < 500; ++i) {
        crowd.push_back(&world.open(world.user("m" + std::to_string(i)), room));
        crowd.back()->say(R"({"type":"hello","protocol":1})");
        world.run(2ms);
    }
    world.run(3s);
    std::size_t joined = 0;
    for (const Frame& each : ada.heard("members")) joined += each.at("joined").as_array().size();
    EXPECT_EQ(joined, 501u);
    EXPECT_LT(ada.heard("members").size(), 50u);
    ada.forget();
    for (int second = 0; second < 10; ++second) {
        for (std::size_t i = 0; i < crowd.size(); ++i) {
            crowd[i]->say({{"type", "report"},
                           {"state", "playing"},
                           {"drift_ms", (second * 37 + static_cast<int>(i)) % 90}});
        }
        world.run(1s);
    }
    EXPECT_LE(ada.heard("members").size(), 14u);
    std::size_t told = 0;
    for (const Frame& each : ada.heard("members")) told += each.at("changed").as_array().size();
    EXPECT_LT(told, 900u) << "500 states, and some of how far off they are";
}

}  // namespace
}  // namespace syncwatch
