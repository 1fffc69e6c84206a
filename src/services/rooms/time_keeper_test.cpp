#include "services/rooms/time_keeper.h"

#include <deque>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// Passes only while somebody reads the reference; its time of day is far ahead of what
/// the reference shows.
class ReadingClock final : public Clock {
public:
    Instant now() const override { return now_; }
    WallTime wall() const override { return from_micros(1'790'000'000'000'000); }
    net::awaitable<void> sleep_until(Instant) override { co_return; }
    void pass(std::chrono::microseconds span) { now_ += span; }

private:
    Instant now_{1h};
};

/// Shows so much more than the clock, and takes as long as it is told to say so.
class SlowReference final : public TimeReference {
public:
    explicit SlowReference(ReadingClock& clock) : clock_(clock) {}

    Async<WallTime> read() override {
        if (ways.empty()) co_return fail_unavailable("database", "away", 1s);
        const auto [there, back] = ways.front();
        ways.pop_front();
        clock_.pass(there);
        const WallTime shown(clock_.now().time_since_epoch() + kAhead);
        clock_.pass(back);
        co_return shown;
    }

    static constexpr std::chrono::microseconds kAhead = 1000h;
    std::deque<std::pair<std::chrono::microseconds, std::chrono::microseconds>> ways;

private:
    ReadingClock& clock_;
};

class TimeKeeperTest : public testing::Test {
protected:
    std::chrono::microseconds off() const {
        return time_.now() - WallTime(clock_.now().time_since_epoch() + SlowReference::kAhead);
    }
    ReadingClock clock_;
    SlowReference reference_{clock_};
    RoomTime time_{clock_};
    TimeKeeper keeper_{reference_, time_, clock_};
};

TEST_F(TimeKeeperTest, TheReadingThatCameBackSoonestCounts) {
    reference_.ways = {{90ms, 5ms}, {1ms, 3ms}, {2ms, 60ms}, {40ms, 1ms}, {8ms, 8ms}};
    ASSERT_TRUE(run_to_end(keeper_.look()));
    EXPECT_EQ(off(), -1ms) << "half of the difference between there and back";
    EXPECT_EQ(keeper_.uncertainty(), 2ms);
}

TEST_F(TimeKeeperTest, AReferenceThatIsAwayOrTooSlowChangesNothing) {
    EXPECT_EQ(run_to_end(keeper_.look()).error().code, ErrorCode::Unavailable);
    reference_.ways.assign(5, {400ms, 400ms});
    EXPECT_EQ(run_to_end(keeper_.look()).error().reason, "");
    EXPECT_EQ(keeper_.uncertainty(), 0ms);
    EXPECT_GT(off(), 1h) << "it goes by the time of day still";
}

TEST_F(TimeKeeperTest, WhileSomebodyLivesByItRoomTimeIsDrawnAndNeverSteps) {
    time_.begin_use();
    reference_.ways.assign(5, {1ms, 1ms});
    const WallTime before = time_.now();
    ASSERT_TRUE(run_to_end(keeper_.look()));
    EXPECT_EQ(time_.now() - before, 10ms) << "what passed while it was read";
    clock_.pass(1s);
    time_.discipline();
    EXPECT_EQ(time_.now() - before, 1010ms - RoomTime::kMostDrawn);
    EXPECT_LT(time_.error(), -1h) << "and says how far off it is";
}

}  // namespace
}  // namespace syncwatch
