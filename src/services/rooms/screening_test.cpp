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
        screening_.begin(now_);
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
    EXPECT_EQ(soon.playback().at, saved.playback.at);
    EXPECT_EQ(soon.playback().position, saved.playback.position);
    EXPECT_FALSE(soon.playback().paused);
    EXPECT_GT(soon.playback().stamp, saved.playback.stamp)
        << "greater than whatever was told and not saved";
    Screening late(*this, "n1", {});
    late.set_film(kFilm);
    now_ += 1h;
    late.restore(saved, moment(), 60s);
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

TEST_F(ScreeningTest, TakingOffLeavesNothingButTheOrderOfStates) {
    const Stamp before = state().stamp;
    screening_.take_off(std::nullopt, moment());
    EXPECT_FALSE(state().is_on());
    EXPECT_GT(state().stamp, before);
    EXPECT_EQ(screening_.command(Play(), user(1), moment()).error().reason, "nothing_on");
}

}  // namespace
}  // namespace syncwatch
