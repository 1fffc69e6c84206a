#include "apps/region/port_plan.h"

#include <gtest/gtest.h>

namespace syncwatch::lab {
namespace {

TEST(PortPlanTest, RegionsStandSideBySide) {
    const auto a = PortPlan::make('a', 20'000);
    const auto b = PortPlan::make('b', 20'000);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->site(), 20'000);
    EXPECT_EQ(b->site(), 20'500);
    EXPECT_EQ(a->redis(2) + PortPlan::kSpan, b->redis(2));
    EXPECT_LT(a->turn_first(2) + PortPlan::kRelayPorts, b->first());
}

TEST(PortPlanTest, NoRegionWithoutItsPorts) {
    EXPECT_FALSE(PortPlan::make('A', 20'000));
    EXPECT_FALSE(PortPlan::make('a', 80));
    EXPECT_FALSE(PortPlan::make('b', 65'000));
    EXPECT_TRUE(PortPlan::make('a', 65'000));
}

}  // namespace
}  // namespace syncwatch::lab
