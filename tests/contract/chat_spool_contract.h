#pragma once
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/seeded_random.h"
#include "ports/chat_spool.h"

namespace syncwatch {

/// What every ChatSpool keeps. `Made` is default-constructible, empty at first, and has
/// `ChatSpool& spool()` and `restart()`: a new process finds what the old one left.
template <class Made>
class ChatSpoolContract : public testing::Test {
protected:
    ChatSpool& spool() { return made_.spool(); }

    RoomCode room() {
        std::array<std::uint8_t, RoomCode::kLength> bytes{};
        random_.fill(bytes);
        return RoomCode::make(bytes);
    }
    ChatDraft draft(std::string text) {
        ChatDraft made;
        made.message.sent_at = from_micros(1'790'000'000'000'000 + ++said_);
        made.message.id = random_.template make_id<MessageId>(made.message.sent_at);
        made.message.by = random_.template make_id<UserId>(made.message.sent_at);
        made.message.name = "Bö 🎬";
        made.message.text = std::move(text);
        made.request = "m" + std::to_string(said_);
        made.may_repeat = true;
        made.repeats_since = made.message.sent_at - std::chrono::minutes(10);
        return made;
    }
    /// Gives their ids.
    std::vector<MessageId> keep(const RoomCode& where, const std::vector<std::string>& texts) {
        std::vector<ChatDraft> drafts;
        std::vector<MessageId> ids;
        for (const std::string& each : texts) {
            drafts.push_back(draft(each));
            ids.push_back(drafts.back().message.id);
        }
        EXPECT_TRUE(run_to_end(spool().append(where, drafts)));
        return ids;
    }
    std::vector<std::string> texts(const RoomCode& where) {
        std::vector<std::string> out;
        for (const ChatDraft& each : spool().waiting(where)) out.push_back(each.message.text);
        return out;
    }

    Made made_;
    SeededRandom random_;

private:
    int said_ = 0;
};

TYPED_TEST_SUITE_P(ChatSpoolContract);

TYPED_TEST_P(ChatSpoolContract, AMessageComesBackAsItWasSaidAlsoInANewProcess) {
    ChatDraft full = this->draft("watch the\nsquirrel 👀 '\" SWc1");
    full.message.reply_to = this->random_.template make_id<MessageId>(full.message.sent_at);
    full.message.position = 12.34567890123;
    const ChatDraft bare = this->draft("x");
    const RoomCode room = this->room();
    std::vector<ChatDraft> both{full, bare};
    ASSERT_TRUE(run_to_end(this->spool().append(room, both)));
    for (const bool again : {false, true}) {
        SCOPED_TRACE(again);
        if (again) this->made_.restart();
        const auto found = this->spool().waiting(room);
        ASSERT_EQ(found.size(), 2U);
        EXPECT_EQ(found[0].message, full.message);
        EXPECT_EQ(found[1].message, bare.message);
        EXPECT_EQ(found[0].request, full.request);
        EXPECT_EQ(found[0].may_repeat, full.may_repeat);
        EXPECT_EQ(found[0].repeats_since, full.repeats_since);
        EXPECT_EQ(this->spool().rooms(), std::vector{room});
        EXPECT_EQ(this->spool().level().messages, 2U);
        EXPECT_GT(this->spool().level().bytes, 0U);
        EXPECT_EQ(this->spool().level().oldest, full.message.sent_at);
    }
}

TYPED_TEST_P(ChatSpoolContract, RoomsAreKeptApartAndEachInItsOrder) {
    const RoomCode one = this->room();
    const RoomCode other = this->room();
    this->keep(one, {"a", "b"});
    this->keep(other, {"x"});
    this->keep(one, {"c"});
    this->made_.restart();
    EXPECT_EQ(this->texts(one), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(this->texts(other), (std::vector<std::string>{"x"}));
    EXPECT_EQ(this->spool().rooms().size(), 2U);
    EXPECT_TRUE(this->texts(this->room()).empty());
}

TYPED_TEST_P(ChatSpoolContract, WhatIsDoneIsGone) {
    const RoomCode room = this->room();
    const auto ids = this->keep(room, {"a", "b", "c"});
    this->spool().done(room, {ids[1]});
    this->spool().done(room, {ids[1]});
    this->spool().done(this->room(), {ids[0]});
    EXPECT_EQ(this->texts(room), (std::vector<std::string>{"a", "c"}));
    this->spool().done(room, {ids[0], ids[2]});
    EXPECT_TRUE(this->spool().rooms().empty());
    EXPECT_EQ(this->spool().level().messages, 0U);
    EXPECT_FALSE(this->spool().level().oldest);
    this->keep(room, {"d"});
    this->made_.restart();
    EXPECT_EQ(this->texts(room), (std::vector<std::string>{"d"}));
}

REGISTER_TYPED_TEST_SUITE_P(ChatSpoolContract, AMessageComesBackAsItWasSaidAlsoInANewProcess,
                            RoomsAreKeptApartAndEachInItsOrder, WhatIsDoneIsGone);

}  // namespace syncwatch
