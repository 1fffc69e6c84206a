#include "domain/playback/holds.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kStart = from_micros(1'790'000'000'000'000);

UserId user(std::uint8_t number) {
    UserId id;
    id.uuid.bytes[15] = number;
    return id;
}
const UserId kAda = user(1);
const UserId kBo = user(2);
const UserId kCy = user(3);

/// A film that runs since the beginning, and three people in front of it.
class HoldsTest : public testing::Test {
protected:
    HoldsTest() {
        holds_.rule(Hold::Everyone, kAda, now_);
        for (const UserId each : {kAda, kBo, kCy}) holds_.joined(each, now_);
        for (const UserId each : {kAda, kBo, kCy}) says(each, MemberState::Playing);
    }

    void says(UserId who, MemberState state, double buffered = 0) {
        MemberReport report;
        report.state = state;
        report.at = now_;
        report.buffered = buffered;
        report.position = 10;
        hears(who, report);
    }
    void hears(UserId who, const MemberReport& report) {
        holds_.heard(who, report, {now_, !holds_.active(), since_, 600});
    }
    void pass(std::chrono::microseconds time) {
        now_ += time;
        holds_.tick(now_);
    }
    std::vector<UserId> waiting() {
        return holds_.active() ? holds_.active()->waiting : std::vector<UserId>();
    }

    WallTime now_ = kStart;
    WallTime since_ = kStart;
    Holds holds_;
};

TEST_F(HoldsTest, TheRoomWaitsForWhoeverBuffersUntilTheyAreReady) {
    pass(1s);
    says(kBo, MemberState::Buffering);
    ASSERT_TRUE(holds_.active());
    EXPECT_EQ(holds_.active()->until, now_ + 5s);
    EXPECT_EQ(waiting(), std::vector{kBo});
    pass(1s);
    says(kBo, MemberState::Paused, 0.5);
    EXPECT_TRUE(holds_.active()) << "half a second of film would be gone in half a second";
    pass(1s);
    says(kBo, MemberState::Paused, 2.5);
    EXPECT_FALSE(holds_.active());
}

TEST_F(HoldsTest, ItWaitsForAllOfThemAndTheDeadlineIsTheFirstOnes) {
    says(kBo, MemberState::Buffering);
    pass(2s);
    says(kCy, MemberState::Buffering);
    EXPECT_EQ(waiting(), (std::vector{kBo, kCy}));
    EXPECT_EQ(holds_.active()->until, kStart + 5s);
    says(kBo, MemberState::Playing);
    EXPECT_EQ(waiting(), std::vector{kCy});
    pass(3s);
    EXPECT_FALSE(holds_.active());
    EXPECT_TRUE(holds_.is_excluded(kCy));
    EXPECT_FALSE(holds_.is_excluded(kBo));
}

TEST_F(HoldsTest, WhoeverWasGoneOnWithoutIsWaitedForAgainAfterPlayingWell) {
    says(kBo, MemberState::Buffering);
    holds_.go_on_without(now_);
    EXPECT_FALSE(holds_.active());
    says(kBo, MemberState::Buffering);
    EXPECT_FALSE(holds_.active());
    says(kBo, MemberState::Playing);
    pass(29s);
    says(kBo, MemberState::Playing);
    EXPECT_TRUE(holds_.is_excluded(kBo));
    says(kBo, MemberState::Buffering);
    says(kBo, MemberState::Playing);
    pass(30s);
    says(kBo, MemberState::Playing);
    EXPECT_FALSE(holds_.is_excluded(kBo));
    says(kBo, MemberState::Buffering);
    EXPECT_TRUE(holds_.active());
}

TEST_F(HoldsTest, TheRoomWaitsForOnePersonOnlySoLongInAWhile) {
    for (int i = 0; i < 4; ++i) {
        says(kBo, MemberState::Buffering);
        ASSERT_TRUE(holds_.active()) << i;
        pass(4s);
        says(kBo, MemberState::Playing);
        pass(100ms);
    }
    says(kBo, MemberState::Buffering);
    EXPECT_FALSE(holds_.active()) << "sixteen seconds are enough";
    EXPECT_TRUE(holds_.is_excluded(kBo));
    says(kCy, MemberState::Buffering);
    EXPECT_TRUE(holds_.active()) << "the others have their own";
}

TEST_F(HoldsTest, JoiningPausesNobody) {
    const UserId newcomer = user(9);
    holds_.joined(newcomer, now_);
    says(newcomer, MemberState::Buffering);
    says(newcomer, MemberState::Paused, 0.1);
    says(newcomer, MemberState::Buffering);
    EXPECT_FALSE(holds_.active());
    says(newcomer, MemberState::Paused, 3);
    says(newcomer, MemberState::Buffering);
    EXPECT_TRUE(holds_.active()) << "once ready, they count";
}

TEST_F(HoldsTest, WhoComesAnewIsANewcomerAgain) {
    says(kBo, MemberState::Buffering);
    holds_.joined(kBo, now_);
    EXPECT_FALSE(holds_.active());
    says(kBo, MemberState::Buffering);
    EXPECT_FALSE(holds_.active());
}

TEST_F(HoldsTest, ThePolicySaysForWhom) {
    holds_.rule(Hold::Host, kAda, now_);
    says(kBo, MemberState::Buffering);
    EXPECT_FALSE(holds_.active());
    says(kAda, MemberState::Buffering);
    EXPECT_EQ(waiting(), std::vector{kAda});
    holds_.rule(Hold::Host, kBo, now_);
    EXPECT_FALSE(holds_.active()) << "somebody else is host now";
    says(kBo, MemberState::Buffering);
    EXPECT_EQ(waiting(), std::vector{kBo});
    holds_.rule(Hold::None, kBo, now_);
    EXPECT_FALSE(holds_.active());
    says(kBo, MemberState::Buffering);
    EXPECT_FALSE(holds_.active());
}

TEST_F(HoldsTest, WhoLeavesOrLooksAwayIsNotWaitedFor) {
    says(kBo, MemberState::Buffering);
    says(kCy, MemberState::Buffering);
    holds_.left(kBo, now_);
    EXPECT_EQ(waiting(), std::vector{kCy});
    says(kCy, MemberState::Away);
    EXPECT_FALSE(holds_.active());
}

TEST_F(HoldsTest, AReportFromBeforeSaysNothing) {
    pass(10s);
    since_ = now_;
    MemberReport before;
    before.state = MemberState::Buffering;
    before.at = now_ - 100ms;
    hears(kBo, before);
    EXPECT_FALSE(holds_.active()) << "it buffered where the film was then";
    before.at = from_micros(5);
    hears(kBo, before);
    EXPECT_TRUE(holds_.active()) << "a client that knows no room time is believed";

    before.state = MemberState::Playing;
    before.at = now_ - 100ms;
    hears(kBo, before);
    EXPECT_TRUE(holds_.active()) << "it played before it buffered";
}

TEST_F(HoldsTest, NobodyIsToBlameWhenSomebodyPauses) {
    says(kBo, MemberState::Buffering);
    holds_.drop(now_);
    EXPECT_FALSE(holds_.active());
    EXPECT_FALSE(holds_.is_excluded(kBo));
}

TEST_F(HoldsTest, NearTheEndNothingMoreCanBeBuffered) {
    says(kBo, MemberState::Buffering);
    MemberReport report;
    report.state = MemberState::Paused;
    report.at = now_;
    report.position = 599;
    report.buffered = 0.8;
    hears(kBo, report);
    EXPECT_FALSE(holds_.active());
}

TEST_F(HoldsTest, WhileTheFilmStandsNobodyIsWaitedFor) {
    MemberReport report;
    report.state = MemberState::Buffering;
    report.at = now_;
    holds_.heard(kBo, report, {now_, false, since_, 600});
    EXPECT_FALSE(holds_.active());
}

}  // namespace
}  // namespace syncwatch
