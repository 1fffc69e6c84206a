#include "domain/transcode/frame_rate.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

struct RateRow {
    const char* what;
    const char* base;
    const char* average;
    const char* rate;
    bool interlaced = false;
};

class FrameRateTest : public testing::TestWithParam<RateRow> {};

TEST_P(FrameRateTest, OfTheOutput) {
    SourceVideo video;
    video.base_rate = *Rational::parse(GetParam().base);
    video.average_rate = *Rational::parse(GetParam().average);
    video.interlaced = GetParam().interlaced;
    EXPECT_EQ(output_rate(video).text(), GetParam().rate) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, FrameRateTest,
    testing::Values(
        RateRow{"cinema", "24/1", "24/1", "24"},
        RateRow{"NTSC film", "24000/1001", "24000/1001", "24000/1001"},
        RateRow{"60 stays", "60/1", "60/1", "60"},
        RateRow{"59.94 stays", "60000/1001", "60000/1001", "60000/1001"},
        RateRow{"joined files: the average is a little off", "24/1", "17694720/737477", "24"},
        RateRow{"a phone that filmed in the dark", "30/1", "20/1", "30"},
        RateRow{"a clock of milliseconds is no rate", "1000/1", "2997/100", "30000/1001"},
        RateRow{"nor is one of 90 kHz", "90000/1", "27/1", "30000/1001"},
        RateRow{"120 is halved", "120/1", "120/1", "60"},
        RateRow{"119.88 too", "120000/1001", "120000/1001", "60000/1001"},
        RateRow{"240 is quartered", "240/1", "240/1", "60"},
        RateRow{"1000 becomes 60", "1000/1", "1000/1", "60"},
        RateRow{"a slide show every ten minutes", "1/600", "1/600", "10"},
        RateRow{"6 a second", "6/1", "6/1", "12"}, RateRow{"12.5 stays", "25/2", "25/2", "25/2"},
        RateRow{"no word of it", "0/0", "0/0", "25"},
        RateRow{"an average alone", "0/0", "29/1", "30000/1001"},
        RateRow{"a base alone", "50/1", "0/0", "50"},
        RateRow{"fields counted as frames", "50/1", "25/1", "25", true},
        RateRow{"the same numbers without fields", "50/1", "25/1", "50"},
        RateRow{"huge numbers", "2997002997/100000000", "2997002997/100000000", "30000/1001"}));

TEST(FrameRateTest, EveryFrameIsAWholeNumberOfTicks) {
    for (const Rational& rate : {Rational{24000, 1001}, Rational{25, 1}, Rational{25, 2},
                                 Rational{60, 1}, Rational{10, 1}}) {
        const std::int64_t scale = track_timescale(rate);
        EXPECT_GE(scale, 10'000);
        EXPECT_EQ(ticks_per_frame(rate) * rate.num, scale * rate.den) << rate.text();
    }
}

TEST(FrameRateTest, ASegmentIsAWholeNumberOfFrames) {
    EXPECT_EQ(frames_in(2, {24000, 1001}), 48);
    EXPECT_EQ(frames_in(2, {25, 2}), 25);
    EXPECT_EQ(frames_in(2, {30, 1}), 60);
    EXPECT_EQ(frames_in(0.001, {24, 1}), 1);
}

}  // namespace
}  // namespace syncwatch
