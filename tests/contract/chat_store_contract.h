#pragma once
#include <utility>
#include <vector>

#include "contract/live_room_fixture.h"
#include "ports/chat_store.h"

namespace syncwatch {

/// What every ChatStore keeps. `Made`: see LiveRoomFixture.
template <class Made>
class ChatStoreContract : public LiveRoomFixture<Made> {
protected:
    ChatStore& chat() { return this->made_.chat(); }

    ChatDraft draft(std::string text, std::string request = "") {
        ChatDraft made;
        made.message.id = this->random_.template make_id<MessageId>(this->kNow);
        made.message.by = this->bo_;
        made.message.name = "Bo";
        made.message.text = std::move(text);
        made.message.sent_at = this->kNow + std::chrono::microseconds(++sent_);
        made.request = request.empty() ? made.message.id.text() : std::move(request);
        return made;
    }
    std::vector<MessageId> say(RoomCode room, int count) {
        std::vector<ChatDraft> drafts;
        std::vector<MessageId> ids;
        for (int i = 0; i < count; ++i) {
            drafts.push_back(draft("line " + std::to_string(i)));
            ids.push_back(drafts.back().message.id);
        }
        EXPECT_TRUE(run_to_end(chat().append(room, drafts)));
        return ids;
    }
    static std::vector<std::string> texts(const Result<ChatPage>& page) {
        std::vector<std::string> out;
        for (const auto& each : page.value().messages) out.push_back(each.text);
        return out;
    }

private:
    int sent_ = 0;
};

using Texts = std::vector<std::string>;

TYPED_TEST_SUITE_P(ChatStoreContract);

TYPED_TEST_P(ChatStoreContract, AMessageComesBackAsItWasSaid) {
    ChatDraft full = this->draft("watch the\nsquirrel 👀 '\"");
    full.message.name = "Bö 🎬";
    full.message.reply_to = this->random_.template make_id<MessageId>(this->kNow);
    full.message.position = 12.5;
    const ChatDraft bare = this->draft("x");
    std::vector<ChatDraft> both{full, bare};
    const auto kept = run_to_end(this->chat().append(this->room_, both));
    ASSERT_TRUE(kept);
    const auto page = run_to_end(this->chat().before(this->room_, std::nullopt, 10));
    ASSERT_TRUE(page);
    EXPECT_EQ(page->messages, (std::vector{full.message, bare.message}));
    EXPECT_EQ(kept->messages, page->messages);
    EXPECT_FALSE(page->more);
}

TYPED_TEST_P(ChatStoreContract, HistoryIsReadInPagesBackwards) {
    const auto ids = this->say(this->room_, 5);
    const auto newest = run_to_end(this->chat().before(this->room_, std::nullopt, 2));
    EXPECT_EQ(this->texts(newest), (Texts{"line 3", "line 4"}));
    EXPECT_TRUE(newest->more);
    const auto older = run_to_end(this->chat().before(this->room_, ids[3], 2));
    EXPECT_EQ(this->texts(older), (Texts{"line 1", "line 2"}));
    EXPECT_TRUE(older->more);
    const auto oldest = run_to_end(this->chat().before(this->room_, ids[1], 2));
    EXPECT_EQ(this->texts(oldest), (Texts{"line 0"}));
    EXPECT_FALSE(oldest->more);
    const auto exact = run_to_end(this->chat().before(this->room_, ids[2], 2));
    EXPECT_FALSE(exact->more) << "two are asked for and two there are";
}

TYPED_TEST_P(ChatStoreContract, WhatWasMissedIsReadForwards) {
    const auto ids = this->say(this->room_, 5);
    const auto missed = run_to_end(this->chat().after(this->room_, ids[1], 10));
    EXPECT_EQ(this->texts(missed), (Texts{"line 2", "line 3", "line 4"}));
    EXPECT_FALSE(missed->more);
    const auto too_many = run_to_end(this->chat().after(this->room_, ids[1], 2));
    EXPECT_EQ(this->texts(too_many), (Texts{"line 3", "line 4"})) << "the newest";
    EXPECT_TRUE(too_many->more);
    EXPECT_TRUE(this->texts(run_to_end(this->chat().after(this->room_, ids[4], 10))).empty());
}

TYPED_TEST_P(ChatStoreContract, AnUnknownMessageIsNoPlaceToReadFrom) {
    this->say(this->room_, 2);
    const auto elsewhere = this->say(this->room(this->ada_), 1);
    EXPECT_TRUE(this->texts(run_to_end(this->chat().before(this->room_, elsewhere[0], 9))).empty());
    EXPECT_EQ(this->texts(run_to_end(this->chat().after(this->room_, elsewhere[0], 9))),
              (Texts{"line 0", "line 1"}));
}

TYPED_TEST_P(ChatStoreContract, WhatIsKeptAlreadyIsNotKeptTwice) {
    const ChatDraft once = this->draft("hello", "m1");
    ASSERT_TRUE(run_to_end(this->chat().append(this->room_, {once})));
    const auto again = run_to_end(this->chat().append(this->room_, {once}));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->messages, std::vector{once.message}) << "the same id";

    ChatDraft repeated = this->draft("hello", "m1");
    repeated.may_repeat = true;
    EXPECT_EQ(run_to_end(this->chat().append(this->room_, {repeated}))->messages,
              std::vector{once.message})
        << "the same request of a client that did not hear the answer";
    EXPECT_EQ(run_to_end(this->chat().before(this->room_, std::nullopt, 9))->messages.size(), 1u);
}

TYPED_TEST_P(ChatStoreContract, WhatOnlyLooksTheSameIsKept) {
    const auto count = [&](ChatDraft next) {
        EXPECT_TRUE(run_to_end(this->chat().append(this->room_, {std::move(next)})));
        return run_to_end(this->chat().before(this->room_, std::nullopt, 99))->messages.size();
    };
    EXPECT_EQ(count(this->draft("hello", "m1")), 1u);
    EXPECT_EQ(count(this->draft("hello", "m1")), 2u) << "a new page counts from one again";
    ChatDraft other_text = this->draft("bye", "m1");
    other_text.may_repeat = true;
    EXPECT_EQ(count(other_text), 3u);
    ChatDraft other_author = this->draft("hello", "m1");
    other_author.message.by = this->ada_;
    other_author.may_repeat = true;
    EXPECT_EQ(count(other_author), 4u);
    ChatDraft much_later = this->draft("bye", "m1");
    much_later.may_repeat = true;
    much_later.repeats_since = much_later.message.sent_at;
    EXPECT_EQ(count(much_later), 5u) << "the one before is too old";
}

TYPED_TEST_P(ChatStoreContract, TheOrderOfTimesIsTheOrderInWhichTheyWereKept) {
    ChatDraft ahead = this->draft("from a clock that is ahead");
    ahead.message.sent_at += std::chrono::minutes(1);
    const ChatDraft first = this->draft("an earlier time");
    const ChatDraft second = this->draft("and another");
    const auto kept_ahead = run_to_end(this->chat().append(this->room_, {ahead}));
    ASSERT_TRUE(kept_ahead);
    EXPECT_TRUE(kept_ahead->newest_before.is_nil()) << "nothing was there";
    const auto kept = run_to_end(this->chat().append(this->room_, {ahead, first, second}));
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->newest_before, ahead.message.id);
    ASSERT_EQ(kept->messages.size(), 3u);
    EXPECT_EQ(kept->messages[0], ahead.message) << "kept before";
    EXPECT_GT(kept->messages[1].sent_at, ahead.message.sent_at);
    EXPECT_GT(kept->messages[2].sent_at, kept->messages[1].sent_at);
    const auto page = run_to_end(this->chat().after(this->room_, ahead.message.id, 9));
    EXPECT_EQ(this->texts(page), (Texts{"an earlier time", "and another"}));
}

TYPED_TEST_P(ChatStoreContract, AMissingRoomKeepsNothing) {
    EXPECT_EQ(run_to_end(this->chat().append(this->code(), {this->draft("x")})).error().reason,
              "no_such_room");
    EXPECT_TRUE(
        this->texts(run_to_end(this->chat().before(this->code(), std::nullopt, 9))).empty());
}

TYPED_TEST_P(ChatStoreContract, WordsOutliveTheirAuthorButNotTheirRoom) {
    this->say(this->room_, 1);
    ASSERT_TRUE(run_to_end(this->made_.accounts().remove(this->bo_)));
    const auto page = run_to_end(this->chat().before(this->room_, std::nullopt, 9));
    ASSERT_EQ(this->texts(page), (Texts{"line 0"}));
    EXPECT_EQ(page->messages[0].name, "Bo");
    EXPECT_EQ(page->messages[0].by, this->bo_);
    ASSERT_TRUE(run_to_end(this->made_.rooms().remove(this->room_)));
    EXPECT_TRUE(this->texts(run_to_end(this->chat().before(this->room_, std::nullopt, 9))).empty());
}

REGISTER_TYPED_TEST_SUITE_P(ChatStoreContract, AMessageComesBackAsItWasSaid,
                            HistoryIsReadInPagesBackwards, WhatWasMissedIsReadForwards,
                            AnUnknownMessageIsNoPlaceToReadFrom, WhatIsKeptAlreadyIsNotKeptTwice,
                            WhatOnlyLooksTheSameIsKept,
                            TheOrderOfTimesIsTheOrderInWhichTheyWereKept, AMissingRoomKeepsNothing,
                            WordsOutliveTheirAuthorButNotTheirRoom);

}  // namespace syncwatch
