#include "domain/room/rights.h"

#include <gtest/gtest.h>

#include "domain/room/member.h"

namespace syncwatch {
namespace {

UserId user(std::uint8_t number) {
    UserId id;
    id.uuid.bytes[15] = number;
    return id;
}
WallTime at(int seconds) {
    return WallTime(std::chrono::seconds(seconds));
}

TEST(RightsTest, TheFirstPresentInTheOrderOfStandingActsAsHost) {
    const Standing owner{user(9), Role::Owner, at(90), at(90)};
    const Standing senior{user(8), Role::Moderator, at(10), at(80)};
    const Standing junior{user(1), Role::Moderator, at(20), at(10)};
    const Standing early{user(7), Role::Viewer, at(50), at(1)};
    const Standing late{user(2), Role::Viewer, at(1), at(2)};
    const auto host_of = [](std::vector<Standing> present) { return acting_host(present); };
    EXPECT_EQ(host_of({late, early, junior, senior, owner}), owner.user);
    EXPECT_EQ(host_of({late, early, junior, senior}), senior.user);
    EXPECT_EQ(host_of({late, junior, early}), junior.user);
    EXPECT_EQ(host_of({late, early}), early.user);
    EXPECT_EQ(host_of({}), std::nullopt);
}

TEST(RightsTest, ThePolicySaysWhoMayControlAndTheHostAlwaysMay) {
    for (const Control policy : {Control::Host, Control::Moderators, Control::Everyone}) {
        EXPECT_TRUE(may_control(policy, Role::Viewer, true));
        EXPECT_TRUE(may_control(policy, Role::Owner, false));
    }
    EXPECT_FALSE(may_control(Control::Host, Role::Moderator, false));
    EXPECT_TRUE(may_control(Control::Moderators, Role::Moderator, false));
    EXPECT_FALSE(may_control(Control::Moderators, Role::Viewer, false));
    EXPECT_TRUE(may_control(Control::Everyone, Role::Viewer, false));
}

TEST(RightsTest, NobodyIsKickedByTheirEquals) {
    EXPECT_TRUE(may_kick(Role::Owner, Role::Moderator));
    EXPECT_TRUE(may_kick(Role::Moderator, Role::Viewer));
    EXPECT_FALSE(may_kick(Role::Moderator, Role::Moderator));
    EXPECT_FALSE(may_kick(Role::Moderator, Role::Owner));
    EXPECT_FALSE(may_kick(Role::Viewer, Role::Viewer));
}

TEST(MemberTest, EveryStateHasAWord) {
    for (const MemberState state :
         {MemberState::Joining, MemberState::Playing, MemberState::Paused, MemberState::Buffering,
          MemberState::Ended, MemberState::Away}) {
        EXPECT_EQ(parse_member_state(text(state)), state);
    }
    EXPECT_EQ(parse_member_state("asleep"), std::nullopt);
}

}  // namespace
}  // namespace syncwatch
