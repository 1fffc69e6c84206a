#include "adapters/linked_bus/link_health.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// A road whose server answers each beat after `delay`, in virtual time.
struct BeatenRoad {
    LinkHealth health{{}, Instant(0ms)};
    std::chrono::milliseconds now{0};
    std::uint64_t beat = 0;
    std::deque<std::pair<std::uint64_t, std::chrono::milliseconds>> answers;

    Instant instant() const { return Instant(now); }
    void connect(bool connected) { health.set_connected(connected, instant()); }
    /// nullopt: it hangs. Gives how long the road stayed trusted.
    std::chrono::milliseconds run(std::chrono::milliseconds time,
                                  std::optional<std::chrono::milliseconds> delay) {
        std::chrono::milliseconds trusted{0};
        const auto end = now + time;
        for (; now < end; now += 50ms) {
            if (now.count() % 250 == 0) {
                health.sent(++beat, instant());
                if (delay) answers.emplace_back(beat, now + *delay);
            }
            while (!answers.empty() && answers.front().second <= now) {
                health.heard(answers.front().first, instant());
                answers.pop_front();
            }
            if (health.trusted(instant())) trusted += 50ms;
        }
        return trusted;
    }
};

TEST(LinkHealthTest, ARoadThatAnswersIsTrustedFromTheStart) {
    BeatenRoad road;
    road.connect(true);
    EXPECT_EQ(road.run(5s, 50ms), 5s);
    EXPECT_EQ(road.health.latency(), 50ms);
}

TEST(LinkHealthTest, AServerThatWasNeverThereIsGivenUpAfterTheLimit) {
    BeatenRoad road;
    EXPECT_EQ(road.run(5s, std::nullopt), 1s);
}

TEST(LinkHealthTest, AServerThatHangsIsNoticedWithinABeatAndTheLimit) {
    BeatenRoad road;
    road.connect(true);
    road.run(2s, 0ms);
    EXPECT_LE(road.run(5s, std::nullopt), 1250ms);
}

TEST(LinkHealthTest, AServerThatIsSlowIsUnfitHoweverSurelyItAnswers) {
    BeatenRoad road;
    road.connect(true);
    road.run(2s, 0ms);
    EXPECT_LE(road.run(20s, 2s), 1250ms);
    EXPECT_FALSE(road.health.fit(road.instant()));
}

TEST(LinkHealthTest, ABreakIsNoticedAtOnceAndForgivenAfterAWhile) {
    BeatenRoad road;
    road.connect(true);
    road.run(2s, 0ms);
    road.connect(false);
    EXPECT_FALSE(road.health.trusted(road.instant()));
    EXPECT_EQ(road.run(1s, std::nullopt), 0ms);
    road.connect(true);
    const auto trusted = road.run(10s, 0ms);
    EXPECT_GE(trusted, 6700ms);
    EXPECT_LE(trusted, 7s);
}

TEST(LinkHealthTest, TheTimeOfTrialBeginsAnewWithEachBreak) {
    BeatenRoad road;
    road.connect(true);
    road.run(2s, 0ms);
    for (int i = 0; i < 5; ++i) {
        road.connect(false);
        road.run(500ms, std::nullopt);
        road.connect(true);
        EXPECT_EQ(road.run(2s, 0ms), 0ms) << i;
    }
}

}  // namespace
}  // namespace syncwatch
