// Chat while the store is away.
#include <gtest/gtest.h>

#include "adapters/memory_stores/memory_chat_spool.h"
#include "harness/live_room_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using Frame = TestClient::Frame;
using Texts = std::vector<std::string>;

/// A store that may be away: it refuses, or says nothing for a while and then refuses, or works
/// and its answers are lost.
class AwayChatStore final : public ChatStore {
public:
    AwayChatStore(SimWorld& world, ChatStore& inner) : world_(world), inner_(inner) {}

    bool away = false;
    bool answers_are_lost = false;
    SimWorld::Duration silent{0};
    int asked = 0;

    Async<KeptChat> append(RoomCode room, std::vector<ChatDraft> drafts) override {
        ++asked;
        SW_CO_CHECK(co_await reach());
        auto kept = co_await inner_.append(room, std::move(drafts));
        if (answers_are_lost) co_return fail(ErrorCode::Timeout, "lost");
        co_return kept;
    }
    Async<ChatPage> before(RoomCode room, std::optional<MessageId> before, int limit) override {
        SW_CO_CHECK(co_await reach());
        co_return co_await inner_.before(room, before, limit);
    }
    Async<ChatPage> after(RoomCode room, MessageId after, int limit) override {
        SW_CO_CHECK(co_await reach());
        co_return co_await inner_.after(room, after, limit);
    }

private:
    Async<> reach() {
        const bool refused = away;
        if (refused) co_await world_.sleep_until(world_.now() + silent);
        if (refused) co_return fail_unavailable("database", "away", 1s);
        co_return Result<>();
    }

    SimWorld& world_;
    ChatStore& inner_;
};

class RoomSpoolTest : public testing::Test {
protected:
    RoomSpoolTest() {
        w_.stop();
        w_.chat_store = &store_;
        w_.spool = &spool_;
        w_.start();
    }
    static Frame line(std::string text) { return {{"type", "chat"}, {"text", std::move(text)}}; }
    static Texts texts(const TestClient& client) {
        Texts out;
        for (const Frame& each : client.heard("chat")) {
            out.emplace_back(each.at("message").at("text").as_string());
        }
        return out;
    }
    static Texts welcomed_with(const TestClient& client) {
        Texts out;
        for (const auto& each : client.frames.front().at("messages").as_array()) {
            out.emplace_back(each.at("text").as_string());
        }
        return out;
    }
    Texts kept() {
        Texts out;
        for (const auto& each : w_.data.chat[room_]) out.push_back(each.message.text);
        return out;
    }
    std::string say(TestClient& client, const std::string& text, SimWorld::Duration within = 0ms) {
        const std::string id = client.ask(line(text));
        w_.run(within);
        w_.world.settle();
        return client.answer(id);
    }
    std::size_t spooled() { return spool_.level().messages; }

    LiveRoomWorld w_;
    AwayChatStore store_{w_.world, w_.chat};
    MemoryChatSpool spool_;
    const RoomCode room_ = w_.room();
};

TEST_F(RoomSpoolTest, WhatIsSaidWhileTheStoreIsAwayIsAcknowledgedToldAndKeptLaterOnce) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    EXPECT_EQ(say(ada, "one"), "ack");
    store_.away = true;
    EXPECT_EQ(say(ada, "two"), "ack");
    EXPECT_EQ(say(bo, "three"), "ack");
    EXPECT_EQ(texts(ada), (Texts{"one", "two", "three"}));
    EXPECT_EQ(texts(bo), texts(ada));
    EXPECT_EQ(kept(), (Texts{"one"}));
    EXPECT_EQ(spooled(), 2U);
    w_.run(30s);
    EXPECT_EQ(bo.last("notice")->at("code").as_string(), "database_degraded");
    store_.away = false;
    w_.run(2s);
    EXPECT_EQ(kept(), (Texts{"one", "two", "three"}));
    EXPECT_EQ(spooled(), 0U);
    EXPECT_FALSE(bo.last("notice")->at("active").as_bool());
    EXPECT_EQ(say(bo, "four"), "ack");
    EXPECT_EQ(texts(ada), (Texts{"one", "two", "three", "four"})) << "nothing is told twice";
    const auto& rows = w_.data.chat[room_];
    EXPECT_EQ(to_micros(rows[2].message.sent_at),
              bo.heard("chat")[2].at("message").at("sent_at").as_int64())
        << "it stays where it was shown";
}

TEST_F(RoomSpoolTest, NobodyWaitsLongForAStoreThatSaysNothing) {
    TestClient& ada = w_.join(w_.ada, room_);
    store_.away = true;
    store_.silent = 8s;
    EXPECT_EQ(say(ada, "one", 1500ms), "ack");
    EXPECT_EQ(store_.asked, 1);
    EXPECT_EQ(say(ada, "and"), "ack") << "the store was slow a moment ago";
    w_.run(10s);
    EXPECT_EQ(say(ada, "two"), "ack") << "known to be away: straight into the spool";
    store_.away = false;
    w_.run(10s);
    EXPECT_EQ(kept(), (Texts{"one", "and", "two"}));
    EXPECT_EQ(texts(ada), kept());
}

TEST_F(RoomSpoolTest, WhatTheStoreTookWithoutSayingSoIsThereOnce) {
    TestClient& ada = w_.join(w_.ada, room_);
    store_.answers_are_lost = true;
    EXPECT_EQ(say(ada, "one"), "ack");
    EXPECT_EQ(say(ada, "two"), "ack");
    w_.run(5s);
    EXPECT_EQ(spooled(), 2U);
    store_.answers_are_lost = false;
    w_.run(2s);
    EXPECT_EQ(kept(), (Texts{"one", "two"}));
    EXPECT_EQ(texts(ada), (Texts{"one", "two"}));
    EXPECT_EQ(spooled(), 0U);
}

TEST_F(RoomSpoolTest, WhoComesOrComesBackMeanwhileSeesIt) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    EXPECT_EQ(say(ada, "one"), "ack");
    const std::string seen(bo.last("chat")->at("message").at("id").as_string());
    w_.drop(bo);
    store_.away = true;
    EXPECT_EQ(say(ada, "two"), "ack");
    EXPECT_EQ(welcomed_with(w_.resume(bo, room_, seen)), (Texts{"one", "two"}));
    EXPECT_EQ(welcomed_with(w_.join(w_.user("Cy"), room_)), (Texts{"one", "two"}));
    const std::string unknown = w_.world.make_id<MessageId>(w_.world.wall()).text();
    EXPECT_EQ(welcomed_with(w_.resume(bo, room_, unknown)), (Texts{"one", "two"}));
}

TEST_F(RoomSpoolTest, AServerThatEndsWithASpoolReplaysItWhenItStartsAgain) {
    TestClient& ada = w_.join(w_.ada, room_);
    store_.away = true;
    const std::string request = ada.ask(line("one"));
    w_.world.settle();
    const auto id = ada.last("ack")->at("message");
    EXPECT_EQ(say(ada, "two"), "ack");
    w_.stop();
    store_.away = false;
    w_.start();
    w_.rooms->wake(room_);
    w_.run(1s);
    EXPECT_EQ(kept(), (Texts{"one", "two"})) << "with nobody inside";
    EXPECT_EQ(spooled(), 0U);
    TestClient& again = w_.join(w_.ada, room_);
    EXPECT_EQ(welcomed_with(again), (Texts{"one", "two"}));
    again.say({{"type", "chat"}, {"id", request}, {"text", "one"}});
    w_.world.settle();
    EXPECT_EQ(again.last("ack")->at("message"), id) << "asked again: it is the same message";
    EXPECT_EQ(kept().size(), 2U);
}

TEST_F(RoomSpoolTest, ASpoolThatTakesNothingRefusesAndNothingIsTold) {
    MemoryChatSpool full(1);
    w_.stop();
    w_.spool = &full;
    w_.start();
    TestClient& ada = w_.join(w_.ada, room_);
    store_.away = true;
    EXPECT_EQ(say(ada, "one"), "ack");
    EXPECT_EQ(say(ada, "two"), "unavailable");
    EXPECT_EQ(texts(ada), (Texts{"one"}));
    store_.away = false;
    w_.run(2s);
    EXPECT_EQ(say(ada, "three"), "ack");
    EXPECT_EQ(kept(), (Texts{"one", "three"}));
    w_.stop();
}

TEST_F(RoomSpoolTest, WhatTheStoreTookAndTheSpoolRefusedIsToldWhenTheStoreAnswers) {
    MemoryChatSpool full(0);
    w_.stop();
    w_.spool = &full;
    w_.start();
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    store_.answers_are_lost = true;
    EXPECT_EQ(say(ada, "one"), "unavailable");
    EXPECT_EQ(kept(), (Texts{"one"}));
    store_.away = true;
    w_.run(5s);
    EXPECT_EQ(texts(bo), Texts());
    store_.away = store_.answers_are_lost = false;
    w_.run(2s);
    EXPECT_EQ(texts(bo), kept()) << "though nobody says anything more";
    EXPECT_EQ(texts(ada), kept());
    ASSERT_TRUE(bo.last("notice"));
    EXPECT_FALSE(bo.last("notice")->at("active").as_bool());
    w_.stop();
}

TEST_F(RoomSpoolTest, WhoComesBackSeesWhatTheStoreTookLate) {
    TestClient& ada = w_.join(w_.ada, room_);
    TestClient& bo = w_.join(w_.user("Bo"), room_);
    store_.away = true;
    EXPECT_EQ(say(ada, "two"), "ack");
    const std::string seen(bo.last("chat")->at("message").at("id").as_string());
    w_.stop();
    // It was asked for this long ago, and does it now that it is back.
    ChatMessage late;
    late.id = w_.world.make_id<MessageId>(w_.world.wall());
    late.by = w_.ada.user;
    late.text = "one";
    late.sent_at = w_.world.wall();
    w_.data.chat[room_].push_back({late, "r9"});
    store_.away = false;
    w_.start();
    w_.rooms->wake(room_);
    w_.run(1s);
    EXPECT_EQ(kept(), (Texts{"one", "two"}));
    EXPECT_EQ(welcomed_with(w_.resume(bo, room_, seen)), kept());
}

TEST_F(RoomSpoolTest, ARoomThatIsDeletedTakesItsSpoolWithIt) {
    TestClient& ada = w_.join(w_.ada, room_);
    store_.away = true;
    EXPECT_EQ(say(ada, "one"), "ack");
    w_.data.remove_room(room_);
    store_.away = false;
    w_.run(2s);
    EXPECT_EQ(spooled(), 0U);
}

TEST_F(RoomSpoolTest, ARoomIsNotForgottenWhileItsChatWaits) {
    TestClient& ada = w_.join(w_.ada, room_);
    store_.away = true;
    EXPECT_EQ(say(ada, "one"), "ack");
    w_.leave(ada);
    w_.run(5min);
    EXPECT_EQ(w_.rooms->shard(0).rooms(), 1U);
    store_.away = false;
    w_.run(2min);
    EXPECT_EQ(w_.rooms->shard(0).rooms(), 0U);
    EXPECT_EQ(kept(), (Texts{"one"}));
}

}  // namespace
}  // namespace syncwatch
