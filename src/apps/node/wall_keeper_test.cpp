#include "apps/node/wall_keeper.h"

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

/// The common clock, so far from this machine's.
class SaidReference final : public TimeReference {
public:
    std::chrono::microseconds ahead{0};
    bool away = false;

    Async<WallTime> read() override {
        if (away) co_return fail_unavailable("database", "away", 1s);
        co_return SystemClock().wall() + ahead;
    }
};

class WallKeeperTest : public testing::Test {
protected:
    /// How far the clock is from the common one after a look, in seconds.
    double apart() {
        (void)run_to_end(keeper_.look());
        const auto common = SystemClock().wall() + reference_.ahead;
        return std::chrono::duration<double>(clock_.wall() - common).count();
    }

    SystemClock clock_;
    SaidReference reference_;
    WallKeeper keeper_{clock_, reference_};
};

TEST_F(WallKeeperTest, AMachineThatIsFarOffGoesByTheCommonClock) {
    for (const auto& ahead : {60s, -60s, 3s}) {
        reference_.ahead = ahead;
        EXPECT_NEAR(apart(), 0, 0.5) << ahead.count();
    }
}

TEST_F(WallKeeperTest, OneThatIsNearlyRightIsLeftAlone) {
    reference_.ahead = 60s;
    EXPECT_NEAR(apart(), 0, 0.5);
    reference_.ahead = 1s;
    EXPECT_NEAR(apart(), -1, 0.5);
    EXPECT_EQ(clock_.correction(), 0us);
}

TEST_F(WallKeeperTest, WhileTheCommonClockIsAwayItStaysAsItWas) {
    reference_.ahead = 60s;
    EXPECT_NEAR(apart(), 0, 0.5);
    reference_.away = true;
    EXPECT_FALSE(run_to_end(keeper_.look()));
    EXPECT_NEAR(apart(), 0, 0.5);
}

}  // namespace
}  // namespace syncwatch::apps
