#include "domain/room/room.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(RoomTest, EveryWordOfTheApiReadsBackAsItsValue) {
    for (const auto value : {Control::Host, Control::Moderators, Control::Everyone}) {
        EXPECT_EQ(parse_control(text(value)), value);
    }
    for (const auto value : {Visibility::Unlisted, Visibility::Public}) {
        EXPECT_EQ(parse_visibility(text(value)), value);
    }
    for (const auto value : {Hold::None, Hold::Host, Hold::Everyone}) {
        EXPECT_EQ(parse_hold(text(value)), value);
    }
    for (const auto value : {Role::Viewer, Role::Moderator, Role::Owner}) {
        EXPECT_EQ(parse_role(text(value)), value);
    }
}

TEST(RoomTest, OtherWordsMeanNothing) {
    EXPECT_EQ(parse_control("Host"), std::nullopt);
    EXPECT_EQ(parse_visibility(""), std::nullopt);
    EXPECT_EQ(parse_hold("all"), std::nullopt);
    EXPECT_EQ(parse_role("admin"), std::nullopt);
}

TEST(RoomTest, ARoleOfMoreRightsIsGreater) {
    EXPECT_LT(Role::Viewer, Role::Moderator);
    EXPECT_LT(Role::Moderator, Role::Owner);
}

}  // namespace
}  // namespace syncwatch
