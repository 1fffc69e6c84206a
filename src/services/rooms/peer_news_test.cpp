// What nodes tell one another of a room: text and back, and whose it is.
#include "services/rooms/peer_news.h"

#include <gtest/gtest.h>

#include "harness/numbered.h"
#include "services/rooms/room_peers.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = from_micros(1'790'000'000'000'000);

PeerNews full_news() {
    PeerNews news;
    news.life = "life-a";
    news.node = "nö\"de";
    news.number = 7;
    news.now = kNow;
    news.ask = "";
    PeerFilm& film = news.film.emplace();
    Playback& playback = film.told.state.playback;
    playback.item.emplace().uuid.bytes[15] = 1;
    playback.video.emplace().uuid.bytes[15] = 2;
    playback.paused = false;
    playback.rate = 1.25;
    playback.position = 0.1 + 0.2;
    playback.at = kNow - 3s;
    playback.stamp = {to_micros(kNow), 3, "n1"};
    playback.by = user(4);
    film.told.over = {to_micros(kNow) - 1, 0, "n2"};
    film.told.state.held = true;
    film.told.hold = Holds::Active{kNow, kNow + 5s, {user(5), user(6)}};
    film.queue = 12;
    film.settled = true;
    PeerMember& member = news.people.emplace().here.emplace_back();
    news.people->left = {user(9)};
    member.shown.id = user(5);
    member.shown.name = "Zoë 🎬";
    member.shown.state = MemberState::Buffering;
    member.shown.drift_ms = -4.5;
    member.shown.voice = VoiceState{true, false, true};
    member.joined = kNow - 1min;
    member.address = "192.0.2.1";
    member.report = MemberReport{MemberState::Buffering, 3.5, kNow, 0, 0.25, std::nullopt};
    news.summary = PeerSummary{playback.stamp, kNow - 1s, 12, 40ms, 300ms};
    ChatMessage& said = news.chat.emplace().messages.emplace_back();
    said.id.uuid.bytes[15] = 8;
    said.by = user(5);
    said.name = "Zoë";
    said.text = "line\n\"two\"";
    said.position = 1.5;
    said.sent_at = kNow;
    ChatDraft& spooled = news.spooled.emplace_back();
    spooled.message = said;
    spooled.request = "m7";
    spooled.may_repeat = true;
    spooled.repeats_since = kNow - 10min;
    news.reaction = PeerReaction{user(5), "🔥", 2.5};
    news.signal = PeerSignal{user(5), user(6), R"({"sdp":"x"})"};
    return news;
}

/// full_news() as nodes say it; those of two versions have to understand one another.
constexpr std::string_view kFullNews =
    R"({"life":"life-a","node":"nö\"de","number":7,"now":1790000000000000,"ask":"",)"
    R"("film":{"item":"00000000-0000-0000-0000-000000000001",)"
    R"("video":"00000000-0000-0000-0000-000000000002","paused":false,"rate":1.25,)"
    R"("position":0.30000000000000004,"at":1789999997000000,)"
    R"("stamp":"1790000000000000.3.n1","by":"00000000-0000-0000-0000-000000000004",)"
    R"("over":"1789999999999999.0.n2","held":true,"queue":12,"settled":true,)"
    R"("hold":{"began":1790000000000000,"until":1790000005000000,)"
    R"("waiting":["00000000-0000-0000-0000-000000000005",)"
    R"("00000000-0000-0000-0000-000000000006"]}},"people":{"all":false,)"
    R"("here":[{"id":"00000000-0000-0000-0000-000000000005","name":"Zoë 🎬",)"
    R"("guest":true,"state":"buffering","drift_ms":-4.5,"voice":{"joined":true,)"
    R"("muted":false,"speaking":true},"joined":1789999940000000,"address":"192.0.2.1",)"
    R"("dropped":false,"report":{"state":"buffering","position":3.5,)"
    R"("at":1790000000000000,"buffered":0.25}}],)"
    R"("left":["00000000-0000-0000-0000-000000000009"]},)"
    R"("summary":{"stamp":"1790000000000000.3.n1","chat_until":1789999999000000,"queue":12,)"
    R"("delay":40000,"jump":300000},)"
    R"("chat":{"newest_before":"00000000-0000-0000-0000-000000000000",)"
    R"("messages":[{"id":"00000000-0000-0000-0000-000000000008",)"
    R"("by":"00000000-0000-0000-0000-000000000005","name":"Zoë","text":"line\n\"two\"",)"
    R"("position":1.5,"sent_at":1790000000000000}]},)"
    R"("spooled":[{"id":"00000000-0000-0000-0000-000000000008",)"
    R"("by":"00000000-0000-0000-0000-000000000005","name":"Zoë","text":"line\n\"two\"",)"
    R"("position":1.5,"sent_at":1790000000000000,"request":"m7","may_repeat":true,)"
    R"("repeats_since":1789999400000000}],)"
    R"("reaction":{"by":"00000000-0000-0000-0000-000000000005","emoji":"🔥",)"
    R"("position":2.5},"signal":{"from":"00000000-0000-0000-0000-000000000005",)"
    R"("to":"00000000-0000-0000-0000-000000000006","data":"{\"sdp\":\"x\"}"}})";

TEST(PeerNewsTest, NodesSayItAsTheyAlwaysDid) {
    EXPECT_EQ(text(full_news()), kFullNews);
    const auto heard = parse_peer_news(kFullNews);
    ASSERT_TRUE(heard);
    EXPECT_EQ(text(*heard), kFullNews);
}

TEST(PeerNewsTest, WhatIsSaidIsHeard) {
    const PeerNews said = full_news();
    const std::string payload = text(said);
    EXPECT_TRUE(is_peer_news(payload));
    const auto heard = parse_peer_news(payload);
    ASSERT_TRUE(heard);
    EXPECT_EQ(text(*heard), payload);
    EXPECT_EQ(heard->film->told.state.playback, said.film->told.state.playback);
    EXPECT_EQ(heard->film->told.hold, said.film->told.hold);
    EXPECT_EQ(heard->people->here[0].shown, said.people->here[0].shown);
    EXPECT_EQ(heard->chat->messages, said.chat->messages);
    ASSERT_EQ(heard->spooled.size(), 1U);
    EXPECT_EQ(heard->spooled[0].message, said.spooled[0].message);
    EXPECT_EQ(heard->spooled[0].request, "m7");
    EXPECT_TRUE(heard->spooled[0].may_repeat);
    EXPECT_EQ(heard->spooled[0].repeats_since, kNow - 10min);
}

TEST(PeerNewsTest, WhatTheVersionBeforeSaysIsHeard) {
    // It wrote numbers that are not whole in another form, and knows one reaction.
    const auto heard = parse_peer_news(
        R"({"life":"a","node":"n1","number":1,"now":2,"reaction":)"
        R"({"by":"00000000-0000-0000-0000-000000000005","emoji":"🔥","position":2.5E0}})");
    ASSERT_TRUE(heard && heard->reaction);
    EXPECT_EQ(heard->reaction->position, 2.5);
    EXPECT_TRUE(heard->more_reactions.empty());
}

TEST(PeerNewsTest, OneReactionStandsWhereItAlwaysStoodAndMoreBehindIt) {
    PeerNews said;
    said.reaction = PeerReaction{user(5), "🔥", {}};
    said.more_reactions = {{user(6), "a", 1}, {user(5), "b", {}}};
    const auto heard = parse_peer_news(text(said));
    ASSERT_TRUE(heard && heard->reaction);
    EXPECT_EQ(heard->reaction->emoji, "🔥");
    ASSERT_EQ(heard->more_reactions.size(), 2U);
    EXPECT_EQ(heard->more_reactions[0].by, user(6));
    EXPECT_EQ(heard->more_reactions[1].emoji, "b");
}

TEST(PeerNewsTest, WhoSaysItIsToldAtAGlance) {
    const std::string payload = text(full_news());
    EXPECT_TRUE(is_said_by(payload, "life-a"));
    EXPECT_FALSE(is_said_by(payload, "life-"));
    EXPECT_FALSE(is_said_by(payload, "life-ab"));
    EXPECT_FALSE(is_said_by("settled", "life-a"));
}

TEST(PeerNewsTest, AStateThatNothingWasBeforeIsHeardToo) {
    PeerNews said;
    said.life = "x";
    said.film.emplace().told.state.playback.stamp = {0, 0, "n1"};
    const auto heard = parse_peer_news(text(said));
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->film->told.over, Stamp());
    EXPECT_FALSE(heard->people);
}

TEST(PeerNewsTest, DamagedNewsAreNone) {
    const std::string payload = text(full_news());
    for (std::size_t length = 0; length < payload.size(); length += 7) {
        EXPECT_FALSE(parse_peer_news(std::string_view(payload).substr(0, length))) << length;
    }
    EXPECT_FALSE(parse_peer_news(R"({"life":1})"));
    EXPECT_FALSE(parse_peer_news("[]"));
    std::string changed = payload;
    changed.replace(changed.find("buffering"), 9, "reticulat");
    EXPECT_TRUE(parse_peer_news(changed)) << "a state that only a newer version knows";
}

class RoomPeersTest : public testing::Test {
protected:
    RoomPeers::Order hear(const std::string& life, std::uint64_t number) {
        PeerNews news;
        news.life = life;
        news.number = number;
        news.now = kNow;
        return peers_.heard(news, kNow + 20ms, now_);
    }
    Instant now_{1h};
    RoomPeers peers_;
};

TEST_F(RoomPeersTest, WhatIsMissingIsNoticedAndAskedForNowAndThen) {
    EXPECT_EQ(hear("a", 1), RoomPeers::Order::Next);
    EXPECT_FALSE(peers_.should_ask("a", now_)) << "known from its first word";
    EXPECT_EQ(hear("a", 2), RoomPeers::Order::Next);
    EXPECT_EQ(hear("a", 2), RoomPeers::Order::Old);
    EXPECT_EQ(hear("a", 4), RoomPeers::Order::Gap);
    EXPECT_EQ(hear("a", 3), RoomPeers::Order::Old) << "overtaken: it will be told again";
    EXPECT_TRUE(peers_.should_ask("a", now_));
    EXPECT_FALSE(peers_.should_ask("a", now_)) << "the answer may be on its way";
    now_ += 1s;
    EXPECT_TRUE(peers_.should_ask("a", now_));
    peers_.is_complete("a");
    EXPECT_FALSE(peers_.should_ask("a", now_ + 5s));
}

TEST_F(RoomPeersTest, WhoIsSilentCommandsNothingAndIsForgottenLater) {
    hear("a", 1);
    now_ += 2s;
    hear("b", 5);
    now_ += 1500ms;
    EXPECT_FALSE(peers_.is_alive("a", now_));
    EXPECT_TRUE(peers_.is_alive("b", now_));
    EXPECT_TRUE(peers_.forget_silent(10s, now_).empty());
    now_ += 7s;
    EXPECT_EQ(peers_.forget_silent(10s, now_), std::vector<std::string>{"a"});
    EXPECT_FALSE(peers_.empty());
}

TEST_F(RoomPeersTest, TheWayBetweenNodesCountsIntoTheDelay) {
    PeerNews news;
    news.life = "a";
    news.number = 1;
    news.now = kNow;
    news.summary.emplace().delay = 100ms;
    news.summary->jump = 250ms;
    peers_.heard(news, kNow + 30ms, now_);
    EXPECT_EQ(peers_.delay(kNow + 30ms), 130ms);
    EXPECT_EQ(peers_.jump(), 250ms);
}

}  // namespace
}  // namespace syncwatch
