#include "services/rooms/room_notices.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

const UserId kBo = UserId::parse("01939f2e-6f00-7000-8000-000000000002").value();

TEST(RoomNoticesTest, WhatIsSaidIsUnderstood) {
    EXPECT_EQ(parse_room_notice(settings_notice()), RoomNotice{});
    EXPECT_EQ(parse_room_notice(deleted_notice()), (RoomNotice{RoomNotice::Kind::Deleted}));
    EXPECT_EQ(parse_room_notice(banned_notice(kBo, "")),
              (RoomNotice{RoomNotice::Kind::Banned, kBo}));
    EXPECT_EQ(parse_room_notice(banned_notice(std::nullopt, "2001:db8::/64")),
              (RoomNotice{RoomNotice::Kind::Banned, {}, "2001:db8::/64"}));
    EXPECT_EQ(parse_room_notice(role_notice(kBo, Role::Moderator)),
              (RoomNotice{RoomNotice::Kind::Role, kBo, {}, Role::Moderator}));
}

TEST(RoomNoticesTest, WhatANewerNodeSaysIsPassedBy) {
    EXPECT_EQ(parse_room_notice("weather sun=yes"), std::nullopt);
    EXPECT_EQ(parse_room_notice(""), std::nullopt);
    EXPECT_EQ(parse_room_notice("deleted why=because odd"),
              (RoomNotice{RoomNotice::Kind::Deleted}));
}

}  // namespace
}  // namespace syncwatch
