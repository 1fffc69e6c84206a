#include "services/rooms/screening.h"

#include <gtest/gtest.h>

#include "harness/numbered.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kBegin = from_micros(1'790'000'000'000'000);
const FilmExtent kFilm{600.0, 600.0, true};

PutOn film(std::uint8_t number, FilmExtent extent = kFilm) {
    PutOn choice;
    choice.item.uuid.bytes[15] = number;
    choice.video.uuid.bytes[15] = number;
    choice.film = extent;
    return choice;
}

class ScreeningTest : public testing::Test, protected Screening::Listener {
protected:
    ScreeningTest() {
        screening_.begin();
        screening_.holds().rule(Hold::Everyone, user(1), now_);
        screening_.holds().joined(user(1), now_);
        screening_.put_on(film(1), Screening::Start::AsBefore, user(1), moment());
    }
    void screening_changed(Screening::Urgency urgency) override {
        ++changes_;
        urgency_ = urgency;
    }
    void waiting_changed(bool waits, bool timed_out) override {
        waits_ = waits;
        timed_out_ = timed_out_ || timed_out;
    }
    Screening::Moment moment() const { return {now_, 100ms}; }
    void pass(std::chrono::microseconds span) {
        now_ += span;
        screening_.tick(moment());
    }
    void says(MemberState state, double buffered = 0) {
        MemberReport report;
        report.state = state;
        report.at = now_;
        report.buffered = buffered;
        screening_.heard(user(1), report, moment());
    }
    const Playback& state() const { return screening_.playback(); }

    WallTime now_ = kBegin;
    int changes_ = 0;
    bool waits_ = false;
    bool timed_out_ = false;
    Screening::Urgency urgency_ = Screening::Urgency::Soon;
    Screening screening_{*this, "n1", {}};
};

TEST_F(ScreeningTest, WhatSomebodyDidIsSavedAtOnceAndWhatTheRoomDidSoon) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    EXPECT_EQ(urgency_, Screening::Urgency::Now);
    pass(2s);
    says(MemberState::Playing);
    says(MemberState::Buffering);
    EXPECT_EQ(urgency_, Screening::Urgency::Soon);
    says(MemberState::Playing);
    const int before = changes_;
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    EXPECT_EQ(changes_, before) << "it plays already";
}

TEST_F(ScreeningTest, EveryStateHasAGreaterStampAlsoWhenTimeStandsStill) {
    Stamp last = state().stamp;
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(screening_.command(Seek{static_cast<double>(i)}, user(1), moment()));
        EXPECT_GT(state().stamp, last);
        last = state().stamp;
    }
}

TEST_F(ScreeningTest, AHoldStandsWhereTheOthersAreAndGoesOnForAllTogether) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(2100ms);
    says(MemberState::Playing);
    says(MemberState::Buffering);
    EXPECT_TRUE(waits_);
    EXPECT_TRUE(screening_.is_held());
    EXPECT_NEAR(state().position, 2.0, 1e-6);
    pass(1s);
    says(MemberState::Paused, 3);
    EXPECT_FALSE(waits_);
    EXPECT_FALSE(state().paused);
    EXPECT_EQ(state().at, now_ + 100ms);
    EXPECT_NEAR(state().position, 2.0, 1e-6);
    EXPECT_FALSE(timed_out_);
}

TEST_F(ScreeningTest, ASeekDuringAHoldMovesThePlaceAndTheRoomStillWaits) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(2s);
    says(MemberState::Playing);
    says(MemberState::Buffering);
    ASSERT_TRUE(screening_.command(Seek{100}, user(1), moment()));
    EXPECT_TRUE(state().paused);
    EXPECT_EQ(state().position, 100);
    pass(5s);
    EXPECT_TRUE(timed_out_);
    EXPECT_FALSE(state().paused);
    EXPECT_EQ(state().position, 100);
}

TEST_F(ScreeningTest, AnotherFilmEndsAHoldAndPlays) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(2s);
    says(MemberState::Playing);
    says(MemberState::Buffering);
    screening_.put_on(film(2), Screening::Start::AsBefore, user(1), moment());
    EXPECT_FALSE(state().paused) << "a room that waits means to play";
    EXPECT_FALSE(waits_);
    EXPECT_EQ(screening_.hold(), nullptr);
}

TEST_F(ScreeningTest, WhatWasHeldWhenTheServerEndedGoesOnWhenItIsBack) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(2s);
    says(MemberState::Playing);
    says(MemberState::Buffering);
    const SavedPlayback saved = screening_.saved(RoomCode(), now_);
    EXPECT_TRUE(saved.held);
    Screening next(*this, "n1", {});
    next.set_film(kFilm);
    now_ += 3s;
    next.restore(saved, moment(), 60s);
    next.settle(true, moment());
    EXPECT_FALSE(next.playback().paused);
    EXPECT_GT(next.playback().stamp, saved.playback.stamp);
}

TEST_F(ScreeningTest, AShortAbsenceChangesNothingAndALongOneStandsWhereItWas) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(10100ms);
    const SavedPlayback saved = screening_.saved(RoomCode(), now_);
    Screening soon(*this, "n1", {});
    soon.set_film(kFilm);
    now_ += 30s;
    soon.restore(saved, moment(), 60s);
    soon.settle(true, moment());
    EXPECT_EQ(soon.playback().at, saved.playback.at);
    EXPECT_EQ(soon.playback().position, saved.playback.position);
    EXPECT_FALSE(soon.playback().paused);
    EXPECT_GT(soon.playback().stamp, saved.playback.stamp)
        << "greater than whatever was told and not saved";
    Screening late(*this, "n1", {});
    late.set_film(kFilm);
    now_ += 1h;
    late.restore(saved, moment(), 60s);
    late.settle(true, moment());
    EXPECT_TRUE(late.playback().paused);
    EXPECT_NEAR(late.playback().position, 10.0, 1e-6);
}

TEST_F(ScreeningTest, AClockThatWentBackWhileTheServerWasAwayMovesNothing) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(10100ms);
    const SavedPlayback saved = screening_.saved(RoomCode(), now_);
    Screening next(*this, "n1", {});
    next.set_film(kFilm);
    now_ -= 2h;
    next.restore(saved, moment(), 60s);
    next.settle(true, moment());
    EXPECT_FALSE(next.playback().paused);
    EXPECT_NEAR(next.position_at(now_ + 100ms), 10.0, 1e-6);
    EXPECT_NEAR(next.position_at(now_ + 1100ms), 11.0, 1e-6);
    EXPECT_GT(next.playback().stamp.wall_us, to_micros(saved.saved_at))
        << "also of states that were told and not saved";
}

TEST_F(ScreeningTest, AFilmWhoseMakingFailsPlaysToWhatThereIs) {
    const FilmExtent partial{600.0, 10.0, false};
    screening_.put_on(film(2, partial), Screening::Start::AsBefore, user(1), moment());
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(9500ms);
    EXPECT_TRUE(screening_.is_held());
    screening_.set_film({std::nullopt, 10.0, true});
    pass(100ms);
    EXPECT_FALSE(screening_.is_held());
    EXPECT_TRUE(screening_.end());
}

TEST_F(ScreeningTest, WhoSeeksToWhereThereIsFilmIsWhoGoesOn) {
    const FilmExtent partial{600.0, 10.0, false};
    screening_.put_on(film(2, partial), Screening::Start::AsBefore, user(1), moment());
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(9500ms);
    ASSERT_TRUE(screening_.is_held());
    ASSERT_TRUE(screening_.command(Seek{2}, user(2), moment()));
    EXPECT_FALSE(screening_.is_held());
    EXPECT_FALSE(state().paused);
    EXPECT_EQ(state().position, 2);
    EXPECT_EQ(state().by, user(2)) << "nobody else moved it";
    EXPECT_EQ(urgency_, Screening::Urgency::Now);
}

TEST_F(ScreeningTest, WhoGoesOnWithoutSomebodyIsSavedAtOnce) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    pass(2s);
    says(MemberState::Playing);
    says(MemberState::Buffering);
    ASSERT_TRUE(screening_.is_held());
    ASSERT_TRUE(screening_.command(Play(), user(2), moment()));
    EXPECT_FALSE(screening_.is_held());
    EXPECT_EQ(state().by, user(2));
    EXPECT_EQ(urgency_, Screening::Urgency::Now);
}

TEST_F(ScreeningTest, TakingOffLeavesNothingButTheOrderOfStates) {
    const Stamp before = state().stamp;
    screening_.take_off(std::nullopt, moment());
    EXPECT_FALSE(state().is_on());
    EXPECT_GT(state().stamp, before);
    EXPECT_EQ(screening_.command(Play(), user(1), moment()).error().reason, "nothing_on");
}

/// A second node with the same room.
class SharedScreeningTest : public ScreeningTest {
protected:
    SharedScreeningTest() {
        other_.begin();
        other_.set_issuing(false, moment());
        other_.holds().rule(Hold::Everyone, user(1), now_);
        other_.holds().joined(user(1), now_);
        other_.set_film(kFilm);
        now_ += 1s;
    }
    Screening::Told told() const { return screening_.told(RoomCode(), now_); }
    bool hear() { return other_.merge(told(), moment()).value(); }

    Screening other_{*this, "n2", {}};
};

TEST_F(SharedScreeningTest, TheGreaterStampHoldsInAnyOrderAnyNumberOfTimes) {
    const auto first = told();
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    EXPECT_TRUE(hear());
    EXPECT_FALSE(hear()) << "again";
    EXPECT_FALSE(other_.merge(first, moment()).value()) << "an older one";
    EXPECT_EQ(other_.playback(), state());
    ASSERT_TRUE(other_.command(Pause(), user(2), moment()));
    EXPECT_GT(other_.playback().stamp, state().stamp);
    EXPECT_FALSE(hear());
}

TEST_F(SharedScreeningTest, WhatNobodyPutOnIsTheSameInAllLivesOfANode) {
    Screening before(*this, "n3", {});
    before.begin();
    before.set_issuing(false, moment());
    now_ += 20s;
    Screening again(*this, "n3", {});
    again.begin();
    again.set_issuing(false, moment());
    EXPECT_EQ(again.playback(), before.playback()) << "one stamp, one state";
}

TEST_F(SharedScreeningTest, AClockThatIsAheadIsRefused) {
    auto ahead = told();
    ahead.state.playback.stamp.wall_us = to_micros(now_ + 6s);
    EXPECT_EQ(other_.merge(ahead, moment()).error().reason, "stamp_ahead");
    EXPECT_NE(other_.playback(), ahead.state.playback);
}

TEST_F(SharedScreeningTest, OnlyOneNodeHoldsAndAnotherCanTakeOver) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    hear();
    now_ += 1s;
    MemberReport report;
    report.at = now_;
    report.state = MemberState::Playing;
    other_.heard(user(1), report, moment());
    says(MemberState::Playing);
    now_ += 1s;
    report.at = now_;
    report.state = MemberState::Buffering;
    other_.heard(user(1), report, moment());
    EXPECT_FALSE(other_.is_held()) << "it waits to be told";
    says(MemberState::Buffering);
    EXPECT_TRUE(screening_.is_held());
    EXPECT_TRUE(hear());
    EXPECT_TRUE(other_.is_held());
    ASSERT_NE(other_.hold(), nullptr);
    EXPECT_EQ(other_.hold()->waiting, std::vector{user(1)});
    // The first node is gone.
    other_.set_issuing(true, moment());
    EXPECT_TRUE(other_.is_held()) << "they are still buffering";
    now_ += 1s;
    report.at = now_;
    report.state = MemberState::Playing;
    other_.heard(user(1), report, moment());
    EXPECT_FALSE(other_.is_held());
    EXPECT_FALSE(other_.playback().paused);
}

TEST_F(SharedScreeningTest, WhoGoesOnWithoutSomebodyIsNotHeldByAnotherNode) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    now_ += 1s;
    says(MemberState::Playing);
    now_ += 1s;
    says(MemberState::Buffering);
    ASSERT_TRUE(screening_.is_held());
    hear();
    ASSERT_TRUE(other_.command(Play(), user(2), moment())) << "go on";
    EXPECT_FALSE(other_.playback().paused);
    EXPECT_TRUE(screening_.merge(other_.told(RoomCode(), now_), moment()).value());
    EXPECT_FALSE(screening_.is_held());
    now_ += 1s;
    says(MemberState::Buffering);
    EXPECT_FALSE(screening_.is_held()) << "they are not waited for again so soon";
}

TEST_F(SharedScreeningTest, WhatOnlyAnotherNodeKnowsOfAFilmIsNoReasonToMoveIt) {
    screening_.put_on(film(2, {600.0, 75.0, false}), Screening::Start::AsBefore, user(1), moment());
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    ASSERT_TRUE(screening_.command(Seek{75}, user(1), moment()));
    ASSERT_TRUE(hear());
    for (const FilmExtent& known : {FilmExtent{600.0, 72.9, false}, FilmExtent()}) {
        now_ += 1ms;
        other_.set_issuing(false, moment());
        other_.set_film(known);
        now_ += 1s;
        other_.set_issuing(true, moment());
        EXPECT_GE(other_.playback().position, 75) << "it waits for film, if at all, where it is";
        ASSERT_TRUE(other_.command(Pause(), user(2), moment()));
        EXPECT_GE(other_.playback().position, 75) << known.playable_until;
        ASSERT_TRUE(other_.command(Play(), user(2), moment()));
        EXPECT_GE(other_.playback().position, 75) << known.playable_until;
    }
    EXPECT_EQ(other_.command(Seek{100}, user(2), moment()).error().reason, "not_playable")
        << "nobody here can know where that is";
}

TEST_F(SharedScreeningTest, TheRoomItselfDoesNotUndoWhatSomebodyCommandedMeanwhile) {
    ASSERT_TRUE(screening_.command(Play(), user(1), moment()));
    hear();
    now_ += 2s;
    says(MemberState::Playing);
    ASSERT_TRUE(other_.command(Seek{100}, user(2), moment()));
    now_ += 1ms;
    says(MemberState::Buffering);
    ASSERT_TRUE(screening_.is_held()) << "by a node that has not heard of the seek";
    EXPECT_FALSE(hear());
    EXPECT_GT(other_.playback().stamp, state().stamp);
    EXPECT_TRUE(screening_.merge(other_.told(RoomCode(), now_), moment()).value());
    EXPECT_EQ(state().position, 100);
    EXPECT_EQ(state().by, user(2));
}

}  // namespace
}  // namespace syncwatch
