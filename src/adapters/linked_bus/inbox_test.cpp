#include "adapters/linked_bus/inbox.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

BusMessage from(PublisherId publisher, std::uint64_t number) {
    return {publisher, number, "t", ""};
}
BusBeat beat_after(PublisherId publisher, std::uint64_t sent, std::uint64_t published) {
    BusBeat beat;
    beat.publisher = publisher;
    beat.sent = sent;
    beat.published = published;
    return beat;
}

TEST(InboxTest, PublishersDoNotWaitForOneAnother) {
    Inbox inbox({});
    EXPECT_EQ(inbox.take(from(1, 1), Instant(0ms)).size(), 1u);
    EXPECT_EQ(inbox.take(from(1, 3), Instant(0ms)).size(), 0u);
    EXPECT_EQ(inbox.take(from(2, 1), Instant(0ms)).size(), 1u);
    EXPECT_FALSE(inbox.take_gap());
    EXPECT_EQ(inbox.give_up(Instant(2s)).size(), 1u);
    EXPECT_TRUE(inbox.take_gap());
    EXPECT_FALSE(inbox.take_gap()) << "once";
    EXPECT_EQ(inbox.lost(), 1u);
}

TEST(InboxTest, WhoIsMetLateMayHaveSaidThings) {
    Inbox inbox({});
    inbox.heard(beat_after(1, 0, 0), Instant(0ms));
    EXPECT_FALSE(inbox.take_gap()) << "it said nothing yet";
    inbox.heard(beat_after(2, 5, 9), Instant(0ms));
    EXPECT_TRUE(inbox.take_gap());
    EXPECT_EQ(inbox.take(from(2, 9), Instant(0ms)).size(), 0u) << "said before we met";
    EXPECT_EQ(inbox.take(from(2, 10), Instant(0ms)).size(), 1u);
    EXPECT_EQ(inbox.take(from(3, 4), Instant(0ms)).size(), 1u);
    EXPECT_TRUE(inbox.take_gap());
    EXPECT_EQ(inbox.lost(), 0u);
}

TEST(InboxTest, ABeatOnTheRoadThatIsNotUsedPromisesNothing) {
    Inbox inbox({});
    inbox.heard(beat_after(1, 0, 0), Instant(0ms));
    inbox.heard(beat_after(1, 0, 3), Instant(10ms));
    (void)inbox.give_up(Instant(5s));
    EXPECT_FALSE(inbox.take_gap());
    for (std::uint64_t number = 1; number <= 3; ++number) {
        EXPECT_EQ(inbox.take(from(1, number), Instant(5s)).size(), 1u);
    }
}

TEST(InboxTest, TheSilentAreForgotten) {
    Inbox::Options options;
    options.max_publishers = 2;
    Inbox inbox(options);
    for (PublisherId each = 1; each <= 3; ++each) {
        (void)inbox.take(from(each, 1), Instant(std::chrono::seconds(each)));
    }
    (void)inbox.take_gap();
    EXPECT_EQ(inbox.take(from(3, 1), Instant(3s)).size(), 0u);
    EXPECT_EQ(inbox.take(from(1, 2), Instant(3s)).size(), 1u);
    EXPECT_TRUE(inbox.take_gap()) << "it had been forgotten for the third";
    (void)inbox.give_up(Instant(1h));
    (void)inbox.take(from(3, 2), Instant(1h));
    EXPECT_TRUE(inbox.take_gap());
}

}  // namespace
}  // namespace syncwatch
