#include "base/uuid.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

constexpr std::array<std::uint8_t, 10> kRandom{0xff, 0xff, 0xff, 0xff, 0xff,
                                               0xff, 0xff, 0xff, 0xff, 0xff};

TEST(UuidTest, TextSurvivesARoundTripAndIsLowerCase) {
    const auto id = Uuid::parse("0190163D-8694-739B-AEA5-966C26F8AD91");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->text(), "0190163d-8694-739b-aea5-966c26f8ad91");
}

TEST(UuidTest, VersionSevenCarriesItsVersionAndVariant) {
    const std::string text = Uuid::make_v7(from_micros(1'700'000'000'123'000), kRandom).text();
    EXPECT_EQ(text, "018bcfe5-687b-7fff-bfff-ffffffffffff");
}

TEST(UuidTest, LaterIdsSortLater) {
    EXPECT_LT(Uuid::make_v7(from_micros(1'000'000), kRandom),
              Uuid::make_v7(from_micros(1'001'000), std::array<std::uint8_t, 10>{}));
}

TEST(UuidTest, VersionSevenSaysWhenItWasMadeAndNoOtherDoes) {
    const auto made = [](const char* text) { return Uuid::parse(text).value().made_at(); };
    EXPECT_EQ(made("018bcfe5-687b-7fff-bfff-ffffffffffff"), from_micros(1'700'000'000'123'000));
    EXPECT_EQ(made("ffffffff-ffff-7000-8000-000000000000"), from_micros(281'474'976'710'655'000));
    EXPECT_EQ(made("018bcfe5-687b-4fff-bfff-ffffffffffff"), std::nullopt);
    EXPECT_EQ(made("018bcfe5-687b-7fff-ffff-ffffffffffff"), std::nullopt);
}

TEST(UuidTest, WhatIsNotAUuidIsRefused) {
    for (const char* text :
         {"", "0190163d", "0190163d-8694-739b-aea5-966c26f8ad9",
          "0190163d_8694-739b-aea5-966c26f8ad91", "0190163d-8694-739b-aea5-966c26f8ad9g",
          "0190163d86940739b0aea50966c26f8ad9100"}) {
        EXPECT_FALSE(Uuid::parse(text)) << text;
    }
}

}  // namespace
}  // namespace syncwatch
