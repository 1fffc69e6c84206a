#include "domain/transcode/remux.h"

#include <functional>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

SourceReport film_to_remux() {
    SourceReport report;
    report.container = "mov,mp4,m4a,3gp,3g2,mj2";
    SourceVideo video;
    video.codec = "h264";
    video.profile = "High";
    video.level = 40;
    video.pixel_format = "yuv420p";
    video.width = 1920;
    video.height = 1080;
    video.average_rate = {24, 1};
    video.bits_per_second = 6'000'000;
    video.largest_keyframe_gap = 2;
    report.videos.push_back(video);
    SourceAudio audio;
    audio.codec = "aac";
    audio.tag = "mp4a";
    audio.profile = "LC";
    audio.sample_rate = 48'000;
    audio.channels = 2;
    audio.start = 0;
    audio.duration = 60;
    audio.is_gapless = true;
    report.audios.push_back(audio);
    return report;
}

struct PictureRow {
    const char* what;
    bool copied;
    std::function<void(SourceVideo&)> change;
};

class CopyPicturesTest : public testing::TestWithParam<PictureRow> {};

TEST_P(CopyPicturesTest, Says) {
    SourceReport report = film_to_remux();
    GetParam().change(report.videos[0]);
    EXPECT_EQ(can_copy_pictures(report, report.videos[0], {}), GetParam().copied)
        << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CopyPicturesTest,
    testing::Values(PictureRow{"what browsers play", true, [](SourceVideo&) {}},
                    PictureRow{"Main profile", true, [](SourceVideo& v) { v.profile = "Main"; }},
                    PictureRow{"keyframes just close enough", true,
                               [](SourceVideo& v) { v.largest_keyframe_gap = 6; }},
                    PictureRow{"keyframes ten seconds apart", false,
                               [](SourceVideo& v) { v.largest_keyframe_gap = 10.4; }},
                    PictureRow{"keyframes nobody looked at", false,
                               [](SourceVideo& v) { v.largest_keyframe_gap.reset(); }},
                    PictureRow{"another codec", false, [](SourceVideo& v) { v.codec = "hevc"; }},
                    PictureRow{"10 bit", false,
                               [](SourceVideo& v) {
                                   v.profile = "High 10", v.pixel_format = "yuv420p10le";
                               }},
                    PictureRow{"4:4:4", false, [](SourceVideo& v) { v.pixel_format = "yuv444p"; }},
                    PictureRow{"level 5.2", false, [](SourceVideo& v) { v.level = 52; }},
                    PictureRow{"fields", false, [](SourceVideo& v) { v.interlaced = true; }},
                    PictureRow{"lying on its side", false, [](SourceVideo& v) { v.rotation = 90; }},
                    PictureRow{"pixels that are not square", false,
                               [](SourceVideo& v) {
                                   v.pixel_shape = {4, 3};
                               }},
                    PictureRow{"4K is not on the ladder", false,
                               [](SourceVideo& v) { v.width = 3840, v.height = 2160; }},
                    PictureRow{"an odd width", false, [](SourceVideo& v) { v.width = 1279; }},
                    PictureRow{"more bits than lines carry", false,
                               [](SourceVideo& v) { v.bits_per_second = 40'000'000; }},
                    PictureRow{"HDR", false, [](SourceVideo& v) { v.transfer = Transfer::Hlg; }},
                    PictureRow{"120 a second", false, [](SourceVideo& v) {
                                   v.average_rate = {120, 1};
                               }}));

struct SoundRow {
    const char* what;
    bool copied;
    std::function<void(SourceReport&)> change;
};

class CopySoundTest : public testing::TestWithParam<SoundRow> {};

TEST_P(CopySoundTest, Says) {
    SourceReport report = film_to_remux();
    GetParam().change(report);
    EXPECT_EQ(can_copy_sound(report, report.audios[0], 0, 60), GetParam().copied)
        << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CopySoundTest,
    testing::Values(
        SoundRow{"stereo AAC", true, [](SourceReport&) {}},
        SoundRow{"5.1 AAC", true, [](SourceReport& r) { r.audios[0].channels = 6; }},
        SoundRow{"44.1 kHz", true, [](SourceReport& r) { r.audios[0].sample_rate = 44'100; }},
        SoundRow{"AC-3", false, [](SourceReport& r) { r.audios[0].codec = "ac3"; }},
        SoundRow{"HE-AAC", false, [](SourceReport& r) { r.audios[0].profile = "HE-AAC"; }},
        SoundRow{"7.1", false, [](SourceReport& r) { r.audios[0].channels = 8; }},
        SoundRow{"8 kHz", false, [](SourceReport& r) { r.audios[0].sample_rate = 8'000; }},
        SoundRow{"holes", false, [](SourceReport& r) { r.audios[0].is_gapless = false; }},
        SoundRow{"times rounded to milliseconds", false,
                 [](SourceReport& r) { r.container = "matroska,webm"; }},
        SoundRow{"begins late", false, [](SourceReport& r) { r.audios[0].start = 1.5; }},
        SoundRow{"ends early", false, [](SourceReport& r) { r.audios[0].duration = 50; }}));

}  // namespace
}  // namespace syncwatch
