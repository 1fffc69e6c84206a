#include "recovery/signals/heart.h"

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"

namespace syncwatch::recovery {
namespace {

class CountedPulse final : public Pulse {
public:
    Async<> beat(bool well) override {
        ++(well ? good : bad);
        if (away) co_return fail(ErrorCode::Unavailable, "nobody answers");
        co_return Result<>();
    }

    int good = 0;
    int bad = 0;
    bool away = false;
};

TEST(HeartTest, ItBeatsAsTheOneWhoKnows) {
    CountedPulse pulse;
    ManualClock clock;
    std::optional<bool> well;
    Heart heart(pulse, clock, [&] { return well; });
    run_to_end(heart.go_round());
    EXPECT_EQ(pulse.good + pulse.bad, 0);
    well = true;
    run_to_end(heart.go_round());
    EXPECT_EQ(pulse.good, 1);
    EXPECT_EQ(heart.status().last, clock.wall());
    const WallTime last = clock.wall();
    clock.advance(std::chrono::minutes(1));
    well = false;
    run_to_end(heart.go_round());
    EXPECT_EQ(pulse.bad, 1);
    EXPECT_EQ(heart.status().last, last);
    well = true;
    run_to_end(heart.go_round());
    EXPECT_EQ(pulse.good, 1) << "not again within a minute";
    clock.advance(std::chrono::minutes(1));
    pulse.away = true;
    run_to_end(heart.go_round());
    EXPECT_EQ(heart.status().trouble, "nobody answers");
    EXPECT_EQ(heart.status().last, last);
}

}  // namespace
}  // namespace syncwatch::recovery
