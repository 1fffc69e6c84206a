#include "domain/transcode/judge.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

SourceReport film_to_judge() {
    SourceReport report;
    report.container = "mov,mp4,m4a,3gp,3g2,mj2";
    report.duration = 60;
    SourceVideo video;
    video.codec = "h264";
    video.tag = "avc1";
    video.width = 1920;
    video.height = 1080;
    video.duration = 60;
    report.videos.push_back(video);
    return report;
}

struct VerdictRow {
    const char* what;
    std::string reason;
    std::function<void(SourceReport&)> change;
};

class JudgeTest : public testing::TestWithParam<VerdictRow> {};

TEST_P(JudgeTest, Says) {
    SourceReport report = film_to_judge();
    GetParam().change(report);
    const Result<> verdict = judge(report, {});
    EXPECT_EQ(verdict ? "" : std::string(verdict.error().reason), GetParam().reason)
        << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, JudgeTest,
    testing::Values(
        VerdictRow{"an ordinary film is taken", "", [](SourceReport&) {}},
        VerdictRow{"nothing but sound", "no_video", [](SourceReport& r) { r.videos.clear(); }},
        VerdictRow{"cover art is no film", "no_video",
                   [](SourceReport& r) { r.videos[0].is_picture = true; }},
        VerdictRow{"a film beside cover art is one", "",
                   [](SourceReport& r) {
                       r.videos.insert(r.videos.begin(), r.videos[0]);
                       r.videos[0].is_picture = true;
                   }},
        VerdictRow{"a codec nobody knows", "unsupported_codec",
                   [](SourceReport& r) { r.videos[0].codec = "unknown"; }},
        VerdictRow{"copy protection", "protected",
                   [](SourceReport& r) { r.videos[0].tag = "encv"; }},
        VerdictRow{"no size, as when nothing could be decoded", "damaged",
                   [](SourceReport& r) { r.videos[0].height = 0; }},
        VerdictRow{"8K is taken", "",
                   [](SourceReport& r) { r.videos[0].width = 7680, r.videos[0].height = 4320; }},
        VerdictRow{"20000 x 20000", "too_many_pixels",
                   [](SourceReport& r) { r.videos[0].width = r.videos[0].height = 20000; }},
        VerdictRow{"a ribbon of few pixels, but too long", "too_many_pixels",
                   [](SourceReport& r) { r.videos[0].width = 20000, r.videos[0].height = 16; }},
        VerdictRow{"thirteen hours by the container", "too_long",
                   [](SourceReport& r) { r.duration = 13 * 3600; }},
        VerdictRow{"thirteen hours by the stream", "too_long",
                   [](SourceReport& r) { r.videos[0].duration = 13 * 3600; }},
        VerdictRow{"no word of how long it is", "",
                   [](SourceReport& r) { r.duration.reset(), r.videos[0].duration.reset(); }},
        VerdictRow{"half of it is missing", "damaged", [](SourceReport& r) { r.present = 0.5; }},
        VerdictRow{"a little at the end is missing", "",
                   [](SourceReport& r) { r.present = 0.95; }}));

TEST(JudgeTest, TheFilmIsTheDefaultStream) {
    SourceReport report = film_to_judge();
    report.videos.push_back(report.videos[0]);
    report.videos[1].index = 4;
    EXPECT_EQ(main_video(report), &report.videos[0]);
    report.videos[1].is_default = true;
    EXPECT_EQ(main_video(report), &report.videos[1]);
}

TEST(JudgeTest, AFilmLastsAsLongAsItsPicturesDo) {
    SourceReport report = film_to_judge();
    EXPECT_EQ(announced_duration(report, report.videos[0]), 60);
    report.videos[0].duration.reset();
    report.videos[0].start = 1.5;
    EXPECT_EQ(announced_duration(report, report.videos[0]), 58.5);
    report.duration.reset();
    EXPECT_EQ(announced_duration(report, report.videos[0]), 0);
}

}  // namespace
}  // namespace syncwatch
