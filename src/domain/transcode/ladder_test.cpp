#include "domain/transcode/ladder.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

std::string described(PictureSize shown) {
    std::string out;
    for (const Rung& rung : ladder(shown)) {
        if (!out.empty()) out += ", ";
        out += rung.name + " " + std::to_string(rung.size.width) + "x" +
               std::to_string(rung.size.height);
    }
    return out;
}

struct LadderRow {
    const char* what;
    PictureSize shown;
    const char* rungs;
};

class LadderTest : public testing::TestWithParam<LadderRow> {};

TEST_P(LadderTest, Has) {
    EXPECT_EQ(described(GetParam().shown), GetParam().rungs) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LadderTest,
    testing::Values(
        LadderRow{
            "full HD", {1920, 1080}, "1080p 1920x1080, 720p 1280x720, 480p 854x480, 360p 640x360"},
        LadderRow{"4K is brought down",
                  {3840, 2160},
                  "1080p 1920x1080, 720p 1280x720, 480p 854x480, 360p 640x360"},
        LadderRow{"cinemascope",
                  {1920, 800},
                  "1080p 1920x800, 720p 1280x534, 480p 854x356, 360p 640x266"},
        LadderRow{"cinemascope in 4K",
                  {4096, 1716},
                  "1080p 1920x804, 720p 1280x536, 480p 854x358, 360p 640x268"},
        LadderRow{"an upright phone",
                  {1080, 1920},
                  "1080p 1080x1920, 720p 720x1280, 480p 480x854, 360p 360x640"},
        LadderRow{"720p", {1280, 720}, "720p 1280x720, 480p 854x480, 360p 640x360"},
        LadderRow{"between two rungs", {1366, 768}, "768p 1366x768, 480p 854x480, 360p 640x360"},
        LadderRow{"480p a little wider than 16:9", {854, 480}, "480p 854x480, 360p 640x360"},
        LadderRow{"odd numbers go down to even ones", {853, 479}, "480p 852x478, 360p 640x360"},
        LadderRow{
            "PAL with square pixels", {1024, 576}, "576p 1024x576, 480p 854x480, 360p 640x360"},
        LadderRow{"4:3", {1440, 1080}, "1080p 1440x1080, 720p 960x720, 480p 640x480, 360p 480x360"},
        LadderRow{
            "a square", {1080, 1080}, "1080p 1080x1080, 720p 720x720, 480p 480x480, 360p 360x360"},
        LadderRow{"a thumbnail", {64, 64}, "64p 64x64"}, LadderRow{"a dot", {1, 1}, "1p 16x16"},
        LadderRow{
            "a ribbon", {4000, 20}, "1080p 1920x16, 720p 1280x16, 480p 854x16, 360p 640x16"}));

TEST(LadderTest, NeverLargerThanTheFilmAndAlwaysEven) {
    for (int width = 16; width <= 4200; width += 37) {
        for (int height = 16; height <= 2400; height += 53) {
            for (const Rung& rung : ladder({width, height})) {
                EXPECT_LE(rung.size.width, width + 1);
                EXPECT_LE(rung.size.height, height + 1);
                EXPECT_EQ(rung.size.width % 2 + rung.size.height % 2, 0);
            }
        }
    }
}

TEST(LadderTest, TheShownSizeHasSquarePixelsAndIsUpright) {
    SourceVideo video;
    video.width = 720;
    video.height = 576;
    video.pixel_shape = {64, 45};
    EXPECT_EQ(shown_size(video), (PictureSize{1024, 576}));
    video.rotation = 90;
    EXPECT_EQ(shown_size(video), (PictureSize{576, 1024}));
    video.pixel_shape = {5000, 1};
    video.rotation = 180;
    EXPECT_EQ(shown_size(video), (PictureSize{720, 576}));
}

TEST(LadderTest, LevelsAreThoseOfTheStandard) {
    EXPECT_EQ(h264_level({1920, 1080}, 24), 40);
    EXPECT_EQ(h264_level({1920, 1080}, 30), 40);
    EXPECT_EQ(h264_level({1920, 1080}, 60), 42);
    EXPECT_EQ(h264_level({1280, 720}, 30), 31);
    EXPECT_EQ(h264_level({1280, 720}, 60), 32);
    EXPECT_EQ(h264_level({854, 480}, 24), 30);
    EXPECT_EQ(h264_level({640, 360}, 30), 30);
    EXPECT_EQ(h264_level({1080, 1920}, 60), 42);
}

TEST(LadderTest, BitsGrowSlowerThanPixels) {
    EXPECT_EQ(peak_bits({1920, 1080}, 30), 5'000'000);
    const auto half = peak_bits({1280, 720}, 30);
    EXPECT_GT(half, 5'000'000 * 4 / 9);
    EXPECT_LT(half, 3'000'000);
    EXPECT_EQ(peak_bits({16, 16}, 10), 150'000);
}

}  // namespace
}  // namespace syncwatch
