#include "domain/queue/queue.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

template <class IdType>
IdType id(char letter) {
    IdType made;
    made.uuid.bytes[15] = static_cast<std::uint8_t>(letter);
    return made;
}
ItemId item(char letter) {
    return id<ItemId>(letter);
}
UserId user(char letter) {
    return id<UserId>(letter);
}

/// One item per letter.
Queue queue_of(std::string_view letters) {
    Queue queue;
    for (const char letter : letters) {
        queue.items.push_back({item(letter), id<VideoId>(letter), user('o'), "", {}});
    }
    return queue;
}
std::string letters(const Result<Queue>& queue) {
    if (!queue) return std::string(queue.error().reason);
    std::string out;
    for (const QueueItem& each : queue->items) {
        out.push_back(static_cast<char>(each.id.uuid.bytes[15]));
    }
    return out;
}
char letter(std::optional<ItemId> of) {
    return of ? static_cast<char>(of->uuid.bytes[15]) : '-';
}
QueueItem made(char name) {
    return queue_of({&name, 1}).items.front();
}

TEST(QueueTest, AnItemGoesToTheEndOrBeforeAnother) {
    EXPECT_EQ(letters(with_added(queue_of(""), made('x'), {})), "x");
    EXPECT_EQ(letters(with_added(queue_of("abc"), made('x'), {})), "abcx");
    EXPECT_EQ(letters(with_added(queue_of("abc"), made('x'), item('b'))), "axbc");
    EXPECT_EQ(letters(with_added(queue_of("abc"), made('x'), item('y'))), "no_such_item");
}

TEST(QueueTest, ItTakesSoManyAndNoMore) {
    Queue queue;
    for (std::size_t i = 0; i < Queue::kMostItems; ++i) {
        queue = with_added(std::move(queue), made('a'), {}).value();
    }
    EXPECT_EQ(letters(with_added(queue, made('b'), {})), "queue_full");
}

TEST(QueueTest, ItemsMoveAndGo) {
    EXPECT_EQ(letters(with_moved(queue_of("abcd"), item('d'), item('b'))), "adbc");
    EXPECT_EQ(letters(with_moved(queue_of("abcd"), item('a'), item('d'))), "bcad");
    EXPECT_EQ(letters(with_moved(queue_of("abcd"), item('a'), {})), "bcda");
    EXPECT_EQ(letters(with_moved(queue_of("abcd"), item('b'), item('b'))), "abcd");
    EXPECT_EQ(letters(with_moved(queue_of("abcd"), item('x'), {})), "no_such_item");
    EXPECT_EQ(letters(with_moved(queue_of("abcd"), item('a'), item('x'))), "no_such_item");
    EXPECT_EQ(letters(with_removed(queue_of("abc"), item('b'))), "ac");
    EXPECT_EQ(letters(with_removed(queue_of("abc"), item('x'))), "no_such_item");
}

TEST(QueueTest, EverybodyHasOneVotePerItem) {
    Queue queue = queue_of("ab");
    queue = with_vote(queue, item('b'), user('x')).value();
    queue = with_vote(queue, item('b'), user('y')).value();
    queue = with_vote(queue, item('b'), user('x')).value();
    EXPECT_EQ(queue.find(item('b'))->voters, (std::vector{user('x'), user('y')}));
    EXPECT_EQ(letters(with_vote(queue, item('z'), user('x'))), "no_such_item");
}

TEST(QueueTest, TheMostVotedOfThoseBehindComesNextAndTheOvertakenStillCome) {
    Queue queue = queue_of("abcd");
    EXPECT_EQ(letter(next_after(queue, item('b'))), 'c');
    EXPECT_EQ(letter(next_after(queue, item('d'))), '-');
    EXPECT_EQ(letter(next_after(queue, item('x'))), '-');
    queue = with_vote(queue, item('a'), user('x')).value();
    queue = with_vote(queue, item('d'), user('x')).value();
    ASSERT_EQ(letter(next_after(queue, item('b'))), 'd') << "what is over does not come again";
    queue = with_next(queue, item('b'), item('d'));
    EXPECT_EQ(letters(queue), "abdc");
    EXPECT_EQ(letter(next_after(queue, item('d'))), 'c');
    queue =
        with_vote(with_vote(queue_of("abc"), item('c'), user('x')).value(), item('b'), user('y'))
            .value();
    EXPECT_EQ(letter(next_after(queue, item('a'))), 'b') << "of equals the first";
}

TEST(QueueTest, WhatIsRemovedIsFollowedByTheNextOrElseThePrevious) {
    EXPECT_EQ(letter(heir_of(queue_of("abc"), item('b'))), 'c');
    EXPECT_EQ(letter(heir_of(queue_of("abc"), item('c'))), 'b');
    EXPECT_EQ(letter(heir_of(queue_of("a"), item('a'))), '-');
    EXPECT_EQ(letter(heir_of(queue_of("a"), item('x'))), '-');
}

}  // namespace
}  // namespace syncwatch
