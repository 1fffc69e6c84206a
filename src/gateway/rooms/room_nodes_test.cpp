// A room that another node has as well: what goes there, and what comes from there.
#include <gtest/gtest.h>

#include "harness/live_room_world.h"
#include "services/rooms/peer_news.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFire = R"({"type":"react","emoji":"🔥"})";
constexpr std::string_view kHeart = R"({"type":"react","emoji":"❤️"})";

RoomRules rules_of_one_of_two_nodes() {
    RoomRules rules;
    rules.alone = false;
    rules.reactions = {.burst = 1000, .per_second = 5};
    return rules;
}

std::vector<std::string> emoji_of(const PeerNews& news) {
    std::vector<std::string> out;
    if (news.reaction) out.push_back(news.reaction->emoji);
    for (const PeerReaction& each : news.more_reactions) out.push_back(each.emoji);
    return out;
}

class RoomNodesTest : public testing::Test {
protected:
    RoomNodesTest() {
        auto hear = [this](const std::string& payload) {
            const auto news = parse_peer_news(payload);
            if (news && news->reaction) said_.push_back(emoji_of(*news));
        };
        ear_ = w_.bus.subscribe(topics::room(room_), w_.world.executor(), std::move(hear));
    }
    ~RoomNodesTest() override { ear_.reset(); }

    /// What another node says.
    void hear(PeerNews news) {
        news.life = "another life";
        news.node = "n2";
        news.number = ++number_;
        news.now = w_.time.now();
        w_.bus.publish(topics::room(room_), text(news));
        w_.world.settle();
    }

    LiveRoomWorld w_{rules_of_one_of_two_nodes()};
    RoomCode room_ = w_.room();
    /// The reactions in each message that had any.
    std::vector<std::vector<std::string>> said_;
    std::uint64_t number_ = 0;
    std::unique_ptr<Bus::Subscription> ear_;
};

TEST_F(RoomNodesTest, TheReactionsOfOneTurnAreOneMessageInTheirOrder) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    ada.say(kFire);
    bo.say(kHeart);
    ada.say(kHeart);
    EXPECT_EQ(ada.heard("react").size(), 3u) << "people here wait for nothing";
    w_.world.settle();
    ASSERT_EQ(said_.size(), 1u);
    EXPECT_EQ(said_[0], (std::vector<std::string>{"🔥", "❤️", "❤️"}));
    ada.say(kFire);
    w_.world.settle();
    ASSERT_EQ(said_.size(), 2u);
    EXPECT_EQ(said_[1], std::vector<std::string>{"🔥"});
}

TEST_F(RoomNodesTest, ReactionsGoAlongWithWhatIsSaidBeforeTheTurnEnds) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    w_.run(1s);
    ada.say(kFire);
    ada.ask(TestClient::kPlay);
    ada.say(kHeart);
    w_.world.settle();
    ASSERT_EQ(said_.size(), 2u);
    EXPECT_EQ(said_[0], std::vector<std::string>{"🔥"});
    EXPECT_EQ(said_[1], std::vector<std::string>{"❤️"});
}

TEST_F(RoomNodesTest, OneMessageHoldsSoManyReactions) {
    TestClient& ada = w_.join(w_.ada, room_);
    for (int i = 0; i < 600; ++i) ada.say(kFire);
    w_.world.settle();
    ASSERT_EQ(said_.size(), 3u);
    EXPECT_EQ(said_[0].size(), 256u);
    EXPECT_EQ(said_[1].size(), 256u);
    EXPECT_EQ(said_[2].size(), 88u);
}

TEST_F(RoomNodesTest, WhoReactsOnAnotherNodeIsSeenHere) {
    TestClient& ada = w_.join(w_.ada, room_);
    const Principal bo = w_.user("Bo");
    PeerNews came;
    PeerMember& member = came.people.emplace().here.emplace_back();
    member.shown.id = bo.user;
    member.shown.name = "Bo";
    hear(std::move(came));
    PeerNews reacted;
    reacted.reaction = PeerReaction{bo.user, "🔥", 2.5};
    reacted.more_reactions = {{bo.user, "❤️", {}}, {w_.user("Nobody here").user, "🔥", {}}};
    hear(std::move(reacted));
    const auto seen = ada.heard("react");
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].at("emoji").as_string(), "🔥");
    EXPECT_EQ(seen[0].at("name").as_string(), "Bo");
    EXPECT_EQ(seen[1].at("emoji").as_string(), "❤️");
}

TEST_F(RoomNodesTest, WhoComesFromANodeThatCouldTellNobodyBringsWhatItSaved) {
    TestClient& ada = w_.join(w_.ada, room_);
    w_.add(ada, w_.film());
    w_.run(2s);
    const TestClient bo(w_.user("Bo"));
    SavedPlayback& kept = w_.data.playback.at(room_);
    kept.playback.position = 100;
    kept.playback.at = kept.saved_at = w_.time.now();
    kept.playback.stamp = next_stamp(kept.playback.stamp, w_.time.now(), "n2");
    kept.playback.by = bo.who.user;
    w_.run(2s);
    EXPECT_EQ(ada.playback().at("position").to_number<double>(), 0);
    TestClient& came = w_.resume(bo, room_);
    w_.run(1s);
    EXPECT_EQ(ada.playback().at("position").to_number<double>(), 100);
    EXPECT_EQ(came.playback(), ada.playback());
}

/// What it reads is on its way for a while.
class SlowChatStore final : public ChatStore {
public:
    SlowChatStore(SimWorld& world, ChatStore& inner) : world_(world), inner_(inner) {}

    Async<KeptChat> append(RoomCode room, std::vector<ChatDraft> drafts) override {
        return inner_.append(room, std::move(drafts));
    }
    Async<ChatPage> before(RoomCode room, std::optional<MessageId> before, int limit) override {
        return inner_.before(room, before, limit);
    }
    Async<ChatPage> after(RoomCode room, MessageId after, int limit) override {
        auto page = co_await inner_.after(room, after, limit);
        co_await world_.sleep_until(world_.now() + 100ms);
        co_return page;
    }

private:
    SimWorld& world_;
    ChatStore& inner_;
};

TEST_F(RoomNodesTest, WhatIsHeardOfWhileChatIsReadIsNotForgotten) {
    SlowChatStore slow(w_.world, w_.chat);
    w_.stop();
    w_.chat_store = &slow;
    w_.start();
    TestClient& ada = w_.join(w_.ada, room_);
    // Another node keeps three; of the first one its message was lost.
    const auto kept = [this](const char* text) {
        KeptChat now;
        auto& rows = w_.data.chat[room_];
        if (!rows.empty()) now.newest_before = rows.back().message.id;
        ChatMessage message;
        message.id = w_.world.make_id<MessageId>(w_.world.wall());
        message.by = w_.ada.user;
        message.text = text;
        message.sent_at = w_.time.now() + std::chrono::microseconds(rows.size());
        rows.push_back({message, text});
        now.messages.push_back(message);
        PeerNews news;
        news.chat = now;
        return news;
    };
    (void)kept("one");
    hear(kept("two"));
    hear(kept("three"));
    w_.run(1s);
    std::vector<std::string> texts;
    for (const auto& each : ada.heard("chat")) {
        texts.emplace_back(each.at("message").at("text").as_string());
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"one", "two", "three"}));
    w_.stop();
}

}  // namespace
}  // namespace syncwatch
