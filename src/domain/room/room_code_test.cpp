#include "domain/room/room_code.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(RoomCodeTest, EveryByteGivesACharacterThatParsesBackToItself) {
    for (int start = 0; start < 256; ++start) {
        std::array<std::uint8_t, RoomCode::kLength> random;
        for (std::size_t i = 0; i < random.size(); ++i) {
            random[i] = static_cast<std::uint8_t>(start + static_cast<int>(i) * 7);
        }
        const RoomCode code = RoomCode::make(random);
        const auto again = RoomCode::parse(code.text());
        ASSERT_TRUE(again) << code.text();
        EXPECT_EQ(*again, code);
    }
}

TEST(RoomCodeTest, WhatPeopleTypeIsUnderstood) {
    const auto code = RoomCode::parse("7K3F9-QZ01M");
    ASSERT_TRUE(code);
    EXPECT_EQ(code->compact(), "7K3F9QZ01M");
    EXPECT_EQ(code->text(), "7K3F9-QZ01M");
    for (const char* typed : {"7K3F9QZ01M", "7k3f9-qz01m", "7K3F9-QZOIM", "7k3f9qzolm"}) {
        const auto same = RoomCode::parse(typed);
        ASSERT_TRUE(same) << typed;
        EXPECT_EQ(*same, *code) << typed;
    }
}

TEST(RoomCodeTest, AnythingElseNamesNoRoom) {
    for (const std::string_view typed :
         {std::string_view(), std::string_view("7K3F9QZ01"), std::string_view("7K3F9QZ01MM"),
          std::string_view("7K3F-9QZ01M"), std::string_view("7K3F9--QZ01M"),
          std::string_view("7K3F9QZ01U"), std::string_view("7K3F9QZ01\0", 10),
          std::string_view("../../etc/")}) {
        const auto code = RoomCode::parse(typed);
        ASSERT_FALSE(code) << typed;
        EXPECT_EQ(code.error().code, ErrorCode::NotFound);
    }
}

}  // namespace
}  // namespace syncwatch
