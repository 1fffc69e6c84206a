#include "domain/playback/lead.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kPressed = from_micros(1'790'000'000'000'000);

TEST(LeadTest, FollowsTheWorstDelayBetweenItsBounds) {
    EXPECT_EQ(lead_for(0ms, 0ms).start, 100ms);
    EXPECT_EQ(lead_for(100ms, 0ms).start, 250ms);
    EXPECT_EQ(lead_for(2s, 0ms).start, 500ms);
}

TEST(LeadTest, ASeekWaitsForTheSlowestBetweenItsBounds) {
    EXPECT_EQ(lead_for(0ms, 0ms), (Lead{100ms, 180ms}));
    EXPECT_EQ(lead_for(20ms, 90ms), (Lead{130ms, 210ms})) << "nobody is trusted to be that quick";
    EXPECT_EQ(lead_for(20ms, 240ms), (Lead{130ms, 270ms}));
    EXPECT_EQ(lead_for(0ms, 1h), (Lead{100ms, 800ms}));
    EXPECT_EQ(lead_for(2s, 0ms), (Lead{500ms, 800ms}));
}

TEST(LeadTest, ADelayIsForgottenAfterAWhile) {
    DelayWindow window;
    EXPECT_EQ(window.worst(kPressed), 0ms);
    window.add(300ms, kPressed);
    window.add(20ms, kPressed + 1s);
    EXPECT_EQ(window.worst(kPressed + 2s), 300ms);
    window.add(20ms, kPressed + 11s);
    EXPECT_EQ(window.worst(kPressed + 12s), 300ms) << "the window before counts";
    window.add(20ms, kPressed + 22s);
    EXPECT_EQ(window.worst(kPressed + 22s), 20ms);
    EXPECT_EQ(window.worst(kPressed + 60s), 0ms);
}

TEST(LeadTest, ATimeThatIsNoRoomTimeSaysNothing) {
    EXPECT_EQ(delay_of(kPressed - 40ms, kPressed), 40ms);
    EXPECT_EQ(delay_of(kPressed + 3ms, kPressed), 0ms);
    EXPECT_EQ(delay_of(kPressed - 1h, kPressed), std::nullopt);
    EXPECT_EQ(delay_of(kPressed + 1h, kPressed), std::nullopt);
    EXPECT_EQ(delay_of(from_micros(0), kPressed), std::nullopt);
}

}  // namespace
}  // namespace syncwatch
