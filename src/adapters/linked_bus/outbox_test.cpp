#include "adapters/linked_bus/outbox.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

using Said = std::vector<std::string>;

constexpr auto kKeep = Outbox::Options().keep;

struct Desk {
    explicit Desk(Outbox::Options options = {}) : outbox(options) {}
    void add(std::uint64_t number) {
        outbox.add(number, std::make_shared<const std::string>(std::to_string(number)));
    }
    Said pump(Road road, std::chrono::seconds at = 0s) {
        Said said;
        auto send = [&said](const BusLink::Bytes& bytes) { said.push_back(*bytes); };
        outbox.pump(road, Instant(at), send);
        return said;
    }
    Outbox outbox;
};

TEST(OutboxTest, EachMessageGoesARoadOnce) {
    Desk desk;
    desk.add(1);
    EXPECT_EQ(desk.pump(Road::Primary), Said{"1"});
    desk.add(2);
    desk.add(3);
    EXPECT_EQ(desk.pump(Road::Primary), (Said{"2", "3"}));
    EXPECT_TRUE(desk.pump(Road::Primary).empty());
    EXPECT_EQ(desk.outbox.sent(Road::Primary), 3u);
    EXPECT_EQ(desk.outbox.sent(Road::Second), 0u);
}

TEST(OutboxTest, ARoadThatTakesOverSaysTheLatestAgain) {
    Desk desk;
    for (int number = 1; number <= 3; ++number) {
        desk.add(static_cast<std::uint64_t>(number));
        desk.pump(Road::Primary, std::chrono::seconds(number));
    }
    desk.outbox.trim(Instant(1500ms + kKeep));
    EXPECT_EQ(desk.pump(Road::Second), (Said{"2", "3"})) << "the first is too old to be in doubt";
}

TEST(OutboxTest, AfterABreakWhatWasNotConfirmedGoesAgain) {
    Desk desk;
    for (std::uint64_t number = 1; number <= 4; ++number) desk.add(number);
    desk.pump(Road::Primary);
    desk.outbox.confirm(Road::Primary, 2);
    desk.outbox.broken(Road::Primary);
    desk.add(5);
    EXPECT_EQ(desk.pump(Road::Primary), (Said{"3", "4", "5"}));
}

TEST(OutboxTest, WhatSomebodyMissedGoesAgainAndIsStillForgottenInTime) {
    Desk desk;
    desk.add(1);
    desk.pump(Road::Primary);
    desk.outbox.again(Road::Primary);
    EXPECT_EQ(desk.outbox.waiting(), 0u);
    EXPECT_EQ(desk.pump(Road::Primary), Said{"1"});
    desk.outbox.again(Road::Primary);
    desk.outbox.trim(Instant(kKeep));
    EXPECT_TRUE(desk.pump(Road::Primary).empty());
}

TEST(OutboxTest, WhatWentNoRoadIsKeptHoweverOldUpToTheBound) {
    Outbox::Options options;
    options.max_messages = 3;
    Desk desk(options);
    for (std::uint64_t number = 1; number <= 5; ++number) desk.add(number);
    desk.outbox.trim(Instant(1h));
    EXPECT_EQ(desk.outbox.waiting(), 3u);
    EXPECT_EQ(desk.outbox.dropped(), 2u);
    EXPECT_EQ(desk.pump(Road::Second, 1h), (Said{"3", "4", "5"}));
    EXPECT_EQ(desk.outbox.waiting(), 0u);
    desk.outbox.trim(Instant(1h + kKeep - 1ms));
    desk.outbox.again(Road::Second);
    EXPECT_EQ(desk.pump(Road::Second, 1h), (Said{"3", "4", "5"})) << "a peer came back later";
    desk.outbox.trim(Instant(1h + kKeep));
    EXPECT_TRUE(desk.pump(Road::Primary).empty());
    EXPECT_EQ(desk.outbox.dropped(), 2u) << "they went";
}

TEST(OutboxTest, BytesAreBoundedToo) {
    Outbox::Options options;
    options.max_bytes = 100;
    Desk desk(options);
    for (std::uint64_t number = 1; number <= 3; ++number) {
        desk.outbox.add(number, std::make_shared<const std::string>(40, 'x'));
    }
    EXPECT_EQ(desk.outbox.waiting(), 2u);
    EXPECT_EQ(desk.outbox.dropped(), 1u);
}

}  // namespace
}  // namespace syncwatch
