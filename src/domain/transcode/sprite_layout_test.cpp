#include "domain/transcode/sprite_layout.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

std::chrono::microseconds interval_of(std::chrono::microseconds duration) {
    return sprite_layout({1920, 1080}, duration, 2s).interval;
}

TEST(SpriteLayoutTest, ShortFilmsHaveATileForEverySegmentLongOnesForEveryTenSeconds) {
    EXPECT_EQ(interval_of(30s), 2s);
    EXPECT_EQ(interval_of(10min), 2s);
    EXPECT_EQ(interval_of(30min), 6s);
    EXPECT_EQ(interval_of(2h), 10s);
    EXPECT_EQ(interval_of(5h), 10s);
    EXPECT_EQ(interval_of(12h), 22s);
    EXPECT_EQ(interval_of(0s), 2s) << "a length that nobody knows";
}

TEST(SpriteLayoutTest, TilesHaveTheShapeOfTheFilm) {
    EXPECT_EQ(sprite_layout({1920, 1080}, 1min, 2s).tile, (PictureSize{160, 90}));
    EXPECT_EQ(sprite_layout({1080, 1920}, 1min, 2s).tile, (PictureSize{90, 160}));
    EXPECT_EQ(sprite_layout({1920, 800}, 1min, 2s).tile, (PictureSize{186, 78}));
    EXPECT_EQ(sprite_layout({16, 16}, 1min, 2s).tile, (PictureSize{120, 120}));
}

TEST(SpriteLayoutTest, EachTileNamesItsSheetAndItsPlace) {
    SpriteLayout layout = sprite_layout({1920, 1080}, 1min, 2s);
    std::vector<std::chrono::microseconds> starts;
    for (int i = 0; i < 101; ++i) starts.push_back(i * 2'002'000us);
    const std::string vtt = sprite_vtt(layout, starts, 203s);
    EXPECT_EQ(vtt.find("WEBVTT\n\n00:00:00.000 --> 00:00:02.002\nsprite-0.jpg#xywh=0,0,160,90\n"),
              0u);
    EXPECT_NE(vtt.find("\n00:00:22.022 --> 00:00:24.024\nsprite-0.jpg#xywh=160,90,160,90\n"),
              std::string::npos);
    EXPECT_NE(vtt.find("\n00:03:20.200 --> 00:03:23.000\nsprite-1.jpg#xywh=0,0,160,90\n"),
              std::string::npos);
}

TEST(SpriteLayoutTest, ATileAtTheVeryEndIsLeftOut) {
    SpriteLayout layout = sprite_layout({1920, 1080}, 1min, 2s);
    EXPECT_EQ(sprite_vtt(layout, {0s, 2s}, 2s).find("00:00:02.000 -->"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch
