#include "adapters/linked_bus/publisher_window.h"

#include <random>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

Instant at(std::chrono::milliseconds since) {
    return Instant(since);
}
BusMessage numbered(std::uint64_t number) {
    return {1, number, "t", std::to_string(number)};
}
using Numbers = std::vector<std::uint64_t>;
void add(Numbers& to, const PublisherWindow::Delivery& delivery) {
    for (const auto& each : delivery.messages) to.push_back(each.number);
}

struct WindowRow {
    const char* what;
    Numbers come;
    Numbers delivered_at_once;
    Numbers delivered_in_the_end;
    std::uint64_t lost;
};

TEST(PublisherWindowTest, EachMessageIsHandedOnOnceAndInOrder) {
    const WindowRow rows[] = {
        {"in order", {1, 2, 3}, {1, 2, 3}, {1, 2, 3}, 0},
        {"both roads at once", {1, 1, 2, 2, 3, 3}, {1, 2, 3}, {1, 2, 3}, 0},
        {"one road behind the other", {1, 2, 3, 1, 2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4}, 0},
        {"overtaken at a change of roads", {1, 4, 5, 2, 3}, {1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}, 0},
        {"upside down", {3, 2, 1}, {1, 2, 3}, {1, 2, 3}, 0},
        {"one never comes", {1, 3, 4}, {1}, {1, 3, 4}, 1},
        {"holes of any size", {1, 3, 9, 10}, {1}, {1, 3, 9, 10}, 6},
    };
    for (const WindowRow& row : rows) {
        PublisherWindow window(1, {});
        Numbers delivered;
        for (const auto number : row.come) add(delivered, window.take(numbered(number), at(0ms)));
        EXPECT_EQ(delivered, row.delivered_at_once) << row.what;
        add(delivered, window.give_up(at(1499ms)));
        EXPECT_EQ(delivered, row.delivered_at_once) << row.what;
        const auto end = window.give_up(at(1500ms));
        add(delivered, end);
        EXPECT_EQ(delivered, row.delivered_in_the_end) << row.what;
        EXPECT_EQ(end.lost, row.lost) << row.what;
    }
}

TEST(PublisherWindowTest, WhatComesAfterItWasGivenUpIsDropped) {
    PublisherWindow window(1, {});
    (void)window.take(numbered(2), at(0ms));
    EXPECT_EQ(window.give_up(at(2s)).messages.size(), 1u);
    EXPECT_TRUE(window.take(numbered(1), at(2s)).messages.empty());
    EXPECT_EQ(window.passed_by(), 1u);
    EXPECT_EQ(window.take(numbered(3), at(2s)).messages.size(), 1u);
}

TEST(PublisherWindowTest, ABeatShowsThatTheEndIsMissing) {
    PublisherWindow window(1, {});
    (void)window.take(numbered(1), at(0ms));
    window.expect(3, at(100ms));
    window.expect(3, at(350ms));
    EXPECT_EQ(window.give_up(at(1599ms)).lost, 0u);
    EXPECT_EQ(window.give_up(at(1600ms)).lost, 2u);
    EXPECT_EQ(window.take(numbered(4), at(1700ms)).messages.size(), 1u);
    window.expect(4, at(2s));
    EXPECT_EQ(window.give_up(at(9s)).lost, 0u) << "all of it had come";
}

TEST(PublisherWindowTest, WhatABeatAnnouncedMayStillComeOverTheOtherRoad) {
    PublisherWindow window(5, {});
    window.expect(6, at(0ms));
    EXPECT_EQ(window.take(numbered(5), at(900ms)).messages.size(), 1u);
    EXPECT_EQ(window.take(numbered(6), at(900ms)).messages.size(), 1u);
    EXPECT_EQ(window.give_up(at(9s)).lost, 0u);
}

TEST(PublisherWindowTest, WhatIsHeldIsBounded) {
    PublisherWindow::Options options;
    options.max_held = 3;
    PublisherWindow window(1, options);
    for (const std::uint64_t number : {2u, 4u, 6u}) {
        EXPECT_TRUE(window.take(numbered(number), at(0ms)).messages.empty());
    }
    const auto delivery = window.take(numbered(8), at(0ms));
    EXPECT_EQ(delivery.lost, 1u);
    EXPECT_EQ(delivery.messages.size(), 1u);
}

TEST(PublisherWindowTest, AnyOrderAndAnyRepetitionEndsTheSame) {
    std::mt19937 chance(7);
    for (int round = 0; round < 200; ++round) {
        Numbers come;
        for (std::uint64_t number = 1; number <= 40; ++number) {
            come.insert(come.end(), 1 + chance() % 3, number);
        }
        std::shuffle(come.begin(), come.end(), chance);
        PublisherWindow window(1, {});
        Numbers delivered;
        for (const auto number : come) add(delivered, window.take(numbered(number), at(0ms)));
        ASSERT_EQ(delivered.size(), 40u);
        EXPECT_TRUE(std::is_sorted(delivered.begin(), delivered.end()));
        EXPECT_EQ(delivered.back(), 40u);
    }
}

}  // namespace
}  // namespace syncwatch
