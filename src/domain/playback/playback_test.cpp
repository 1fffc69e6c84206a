#include "domain/playback/playback.h"

#include <limits>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kBegin = from_micros(1'790'000'000'000'000);
constexpr WallTime t(std::chrono::microseconds since) {
    return kBegin + since;
}

const ItemId kItem = ItemId::parse("01939f2e-7100-7abc-8def-0123456789ab").value();
const VideoId kVideo = VideoId::parse("01939f2e-7000-7abc-8def-0123456789ab").value();
const ItemId kOther = ItemId::parse("01939f2e-7200-7abc-8def-0123456789ab").value();

const FilmExtent kWhole{60.0, 60.0, true};
const FilmExtent kHalf{60.0, 30.0, false};
const FilmExtent kNothingYet{std::nullopt, 0, false};
constexpr Lead kLead{200ms, 350ms};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Playback standing(double position, double rate = 1) {
    Playback state;
    state.item = kItem;
    state.video = kVideo;
    state.position = position;
    state.rate = rate;
    state.at = kBegin;
    return state;
}
Playback running(double position, WallTime at = kBegin, double rate = 1) {
    Playback state = standing(position, rate);
    state.paused = false;
    state.at = at;
    return state;
}
Playback paused(double position, WallTime at, double rate = 1) {
    Playback state = standing(position, rate);
    state.at = at;
    return state;
}
Playback other(bool is_paused, WallTime at) {
    Playback state = standing(0);
    state.item = kOther;
    state.paused = is_paused;
    state.at = at;
    return state;
}

struct Case {
    const char* name;
    Playback before;
    PlaybackCommand command;
    WallTime now;
    FilmExtent film;
    Playback after;
    std::string_view refused = {};  ///< The reason, or "invalid".
};

const Case kCases[] = {
    {"PlayIsScheduled", standing(10), Play{}, t(5s), kWhole, running(10, t(5s) + kLead.start)},
    {"PlayWhilePlayingChangesNothing", running(10), Play{}, t(5s), kWhole, running(10)},
    {"PlayAtTheEndStartsOver", standing(60), Play{}, t(5s), kWhole,
     running(0, t(5s) + kLead.start)},
    {"PlayAtTheEndOfWhatThereIsWaitsThere", standing(30), Play{}, t(5s), kHalf,
     running(30, t(5s) + kLead.start)},
    {"PlayNeedsSomethingPlayable", standing(0), Play{}, t(5s), kNothingYet, {}, "not_playable"},
    {"PlayNeedsSomethingOn", {}, Play{}, t(5s), kWhole, {}, "nothing_on"},

    {"PauseHoldsAtOnce", running(10), Pause{}, t(5s), kWhole, paused(15, t(5s))},
    {"PauseLandsOnThePressersFrame", running(10), Pause{14.6}, t(5s), kWhole, paused(14.6, t(5s))},
    {"PauseOfAPresserWhoIsElsewhereLandsOnTheRooms", running(10), Pause{13.9}, t(5s), kWhole,
     paused(15, t(5s))},
    {"PauseWithNonsenseLandsOnTheRooms", running(10), Pause{kNan}, t(5s), kWhole,
     paused(15, t(5s))},
    {"PauseWhilePausedChangesNothing", standing(10), Pause{12}, t(5s), kWhole, standing(10)},
    {"PauseBeforeAScheduledStartStaysAtItsPlace", running(10, t(6s)), Pause{}, t(5s), kWhole,
     paused(10, t(5s))},
    {"PauseStaysInsideTheFilm", running(58), Pause{60.5}, t(3s), kWhole, paused(60, t(3s))},
    {"PauseCountsTheRate", running(10, kBegin, 1.5), Pause{}, t(4s), kWhole,
     paused(16, t(4s), 1.5)},
    {"PauseNeedsSomethingOn", {}, Pause{}, t(5s), kWhole, {}, "nothing_on"},

    {"SeekWhilePlayingIsScheduled", running(10), Seek{40}, t(5s), kWhole,
     running(40, t(5s) + kLead.seek)},
    {"SeekWhilePausedHoldsAtOnce", standing(10), Seek{40}, t(5s), kWhole, paused(40, t(5s))},
    {"SeekStopsAtWhatIsPlayable", standing(10), Seek{40}, t(5s), kHalf, paused(30, t(5s))},
    {"SeekStopsAtTheEnd", standing(10), Seek{4000}, t(5s), kWhole, paused(60, t(5s))},
    {"SeekBeforeTheBeginningIsRefused", standing(10), Seek{-1}, t(5s), kWhole, {}, "invalid"},
    {"SeekNeedsSomethingOn", {}, Seek{1}, t(5s), kWhole, {}, "nothing_on"},

    {"RateWhilePlayingIsScheduledFromWhereTheFilmWillBe", running(10), SetRate{2}, t(5s), kWhole,
     running(15.2, t(5s) + kLead.start, 2)},
    {"RateWhilePausedKeepsThePosition", standing(10), SetRate{2}, t(5s), kWhole,
     paused(10, t(5s), 2)},
    {"RateDoesNotMoveALaterStart", running(10, t(7s)), SetRate{2}, t(5s), kWhole,
     running(10, t(7s), 2)},
    {"RateThatIsTheSameChangesNothing", running(10), SetRate{1}, t(5s), kWhole, running(10)},
    {"RateZeroIsRefused", standing(10), SetRate{0}, t(5s), kWhole, {}, "invalid"},
    {"RateOverTheFastestIsRefused", standing(10), SetRate{4.01}, t(5s), kWhole, {}, "invalid"},
    {"RateThatIsNoNumberIsRefused", standing(10), SetRate{kNan}, t(5s), kWhole, {}, "invalid"},

    {"AnotherFilmGoesOnPlaying", running(10), PutOn{kOther, kVideo, kWhole}, t(5s), kWhole,
     other(false, t(5s) + kLead.start)},
    {"AnotherFilmStandsIfTheRoomStood", standing(10), PutOn{kOther, kVideo, kWhole}, t(5s), kWhole,
     other(true, t(5s))},
    {"AnotherFilmThatIsNotPlayableStands", running(10), PutOn{kOther, kVideo, kNothingYet}, t(5s),
     kWhole, other(true, t(5s))},
    {"TheFirstFilmStandsAtItsBeginning",
     {},
     PutOn{kOther, kVideo, kWhole},
     t(5s),
     kNothingYet,
     other(true, t(5s))},
};

class ApplyTest : public testing::TestWithParam<Case> {};

TEST_P(ApplyTest, GivesTheStateAfter) {
    const Case& c = GetParam();
    const Result<Playback> got = apply(c.before, c.command, {c.now, kLead, c.film});
    if (!c.refused.empty()) {
        ASSERT_FALSE(got);
        const std::string_view why =
            got.error().code == ErrorCode::InvalidInput ? "invalid" : got.error().reason;
        EXPECT_EQ(why, c.refused);
        return;
    }
    ASSERT_TRUE(got);
    EXPECT_NEAR(got->position, c.after.position, 1e-9);
    Playback exact = *got;
    exact.position = c.after.position;
    EXPECT_EQ(exact, c.after);
}

INSTANTIATE_TEST_SUITE_P(Commands, ApplyTest, testing::ValuesIn(kCases),
                         [](const auto& row) { return row.param.name; });

TEST(PlaybackTest, AFilmWaitsAtItsStartAndThenRuns) {
    const Playback state = running(10, t(5s), 1.5);
    EXPECT_EQ(state.position_at(t(1s)), 10);
    EXPECT_EQ(state.position_at(t(7s)), 13);
    EXPECT_FALSE(state.is_running(t(1s)));
    EXPECT_TRUE(state.is_running(t(5s)));
    EXPECT_EQ(state.reaches(13), t(7s));
    EXPECT_EQ(state.reaches(9), std::nullopt);
}

TEST(PlaybackTest, TheEndIsKnownOnlyOnceTheFilmIsWhole) {
    EXPECT_EQ(end_of(running(50), kWhole), t(10s));
    EXPECT_EQ(end_of(running(20), kHalf), std::nullopt);
    EXPECT_EQ(end_of(standing(50), kWhole), std::nullopt);
    EXPECT_EQ(end_of(running(61), kWhole), kBegin) << "it was shorter than it seemed";
    const FilmExtent broken{std::nullopt, 12.0, true};
    EXPECT_EQ(end_of(running(10), broken), t(2s)) << "what there is of a film that failed";
    EXPECT_EQ(stopped_at_end(running(50), kWhole, t(10s)), paused(60, t(10s)));
}

TEST(PlaybackTest, NothingOnKeepsTheStampsOrder) {
    Playback before = running(10);
    before.stamp = {7, 1, "n1"};
    const Playback after = nothing_on(before, t(3s));
    EXPECT_FALSE(after.is_on());
    EXPECT_TRUE(after.paused);
    EXPECT_EQ(after.position, 0);
    EXPECT_EQ(after.stamp, before.stamp);
}

}  // namespace
}  // namespace syncwatch
