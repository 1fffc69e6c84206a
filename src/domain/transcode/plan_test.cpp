#include "domain/transcode/plan.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

SourceReport film_to_plan() {
    SourceReport report;
    report.container = "mov,mp4,m4a,3gp,3g2,mj2";
    report.duration = 60.02;
    SourceVideo video;
    video.index = 0;
    video.codec = "h264";
    video.profile = "High";
    video.level = 40;
    video.pixel_format = "yuv420p";
    video.width = 1920;
    video.height = 1080;
    video.base_rate = {24, 1};
    video.average_rate = {24, 1};
    video.start = 0;
    video.duration = 60;
    video.bits_per_second = 6'000'000;
    report.videos.push_back(video);
    SourceAudio audio;
    audio.index = 1;
    audio.codec = "aac";
    audio.tag = "mp4a";
    audio.profile = "LC";
    audio.sample_rate = 48'000;
    audio.channels = 6;
    audio.bits_per_second = 192'000;
    audio.start = 0;
    audio.duration = 60.02;
    audio.is_gapless = true;
    report.audios.push_back(audio);
    return report;
}

TEST(PlanTest, AnOrdinaryFilmBecomesALadderAndStereo) {
    const TranscodePlan plan = make_plan(film_to_plan(), {});
    ASSERT_EQ(plan.pictures.size(), 4u);
    EXPECT_EQ(plan.pictures[0].stream, "v1080");
    EXPECT_FALSE(plan.pictures[0].copy) << "nobody looked at its keyframes";
    EXPECT_EQ(plan.pictures[3].stream, "v360");
    ASSERT_EQ(plan.sounds.size(), 1u);
    EXPECT_EQ(plan.sounds[0].stream, "a0");
    EXPECT_EQ(plan.sounds[0].channels, 2);
    EXPECT_FALSE(plan.sounds[0].copy);
    EXPECT_EQ(plan.segment_frames, 48);
    EXPECT_EQ(plan.duration, 60s);
    EXPECT_EQ(plan.hold, 0s);
    EXPECT_EQ(plan.origin, 0s);
}

TEST(PlanTest, WhatBrowsersPlayIsPassedOnPicturesAndSound) {
    SourceReport report = film_to_plan();
    report.videos[0].largest_keyframe_gap = 2;
    const TranscodePlan plan = make_plan(report, {});
    EXPECT_TRUE(plan.pictures[0].copy);
    EXPECT_EQ(plan.pictures[0].peak_bits, 9'000'000);
    EXPECT_FALSE(plan.pictures[1].copy);
    EXPECT_TRUE(plan.sounds[0].copy);
    EXPECT_EQ(plan.sounds[0].channels, 6);
    PlanSettings never;
    never.remux.allowed = false;
    EXPECT_FALSE(make_plan(report, never).pictures[0].copy);
    EXPECT_FALSE(make_plan(report, never).sounds[0].copy);
}

TEST(PlanTest, PositionZeroIsTheFirstPicture) {
    SourceReport report = film_to_plan();
    report.start = 0.5;
    report.videos[0].start = 0.533;
    report.audios[0].start = 0.5;
    const TranscodePlan plan = make_plan(report, {});
    EXPECT_EQ(plan.origin, 533ms) << "33 ms of sound are cut";
    EXPECT_EQ(plan.file_start, 500ms);
    EXPECT_EQ(plan.duration, 60s);
}

TEST(PlanTest, SoundThatBeginsLongBeforeThePicturesIsKept) {
    SourceReport report = film_to_plan();
    report.videos[0].start = 1.5;
    report.videos[0].largest_keyframe_gap = 1;
    report.audios[0].duration = 61.5;
    const TranscodePlan plan = make_plan(report, {});
    EXPECT_EQ(plan.origin, 0s);
    EXPECT_EQ(plan.duration, 61'500ms);
    EXPECT_EQ(plan.sounds.at(0).begins, 0s);
    EXPECT_FALSE(plan.pictures[0].copy) << "the first picture must wait";
}

TEST(PlanTest, TheLastPictureStaysWhileTheSoundGoesOn) {
    SourceReport report = film_to_plan();
    report.videos[0].duration = 0.04;
    report.audios[0].duration = 200;
    TranscodePlan plan = make_plan(report, {});
    EXPECT_EQ(plan.hold, 199'960ms);
    EXPECT_EQ(plan.duration, 200s);
    report.videos[0].duration = 199.6;
    EXPECT_EQ(make_plan(report, {}).hold, 0s) << "a little is cut";
    report.videos[0].duration = 198.5;
    report.videos[0].largest_keyframe_gap = 1;
    plan = make_plan(report, {});
    EXPECT_TRUE(plan.pictures[0].copy) << "for pictures passed on, a little more is cut";
    EXPECT_EQ(plan.hold, 0s);
    EXPECT_EQ(plan.duration, 198'500ms);
}

TEST(PlanTest, AFilmThatSaysNoLengthHasNone) {
    SourceReport report = film_to_plan();
    report.duration.reset();
    report.videos[0].duration.reset();
    const TranscodePlan plan = make_plan(report, {});
    EXPECT_EQ(plan.duration, 0s);
    EXPECT_EQ(plan.hold, 0s);
}

TEST(PlanTest, NoRungGetsManyMoreBitsThanTheSourceHas) {
    SourceReport report = film_to_plan();
    report.videos[0].bits_per_second = 1'000'000;
    const TranscodePlan plan = make_plan(report, {});
    EXPECT_EQ(plan.pictures[0].peak_bits, 1'500'000);
    EXPECT_EQ(plan.pictures[1].peak_bits, 1'500'000);
    EXPECT_LT(plan.pictures[3].peak_bits, 1'000'000);
}

TEST(PlanTest, OnlyTextSubtitlesAreTakenOut) {
    SourceReport report = film_to_plan();
    SourceSubtitle pictures;
    pictures.index = 2;
    SourceSubtitle text;
    text.index = 3;
    text.is_text = true;
    report.subtitles = {pictures, text};
    const TranscodePlan plan = make_plan(report, {});
    EXPECT_EQ(plan.texts, (std::vector<TextStream>{{"s0", 3}}));
}

TEST(PlanTest, ThePresetIsWhatTheMachineCanRun) {
    PlanSettings settings;
    settings.cores = 2;
    EXPECT_EQ(make_plan(film_to_plan(), settings).preset, "superfast");
    settings.cores = 8;
    EXPECT_EQ(make_plan(film_to_plan(), settings).preset, "veryfast");
    settings.cores = 1;
    EXPECT_EQ(make_plan(film_to_plan(), settings).preset, "ultrafast");
    settings.preset = "medium";
    EXPECT_EQ(make_plan(film_to_plan(), settings).preset, "medium");
}

TEST(PlanTest, SegmentsStartOnFramesWithoutDrift) {
    TranscodePlan plan;
    plan.rate = {24000, 1001};
    plan.segment_frames = 48;
    EXPECT_EQ(plan.segment_start(0), 0us);
    EXPECT_EQ(plan.segment_start(1), 2'002'000us);
    EXPECT_EQ(plan.segment_start(3600), 7'207'200'000us);
    plan.rate = {30000, 1001};
    plan.segment_frames = 60;
    EXPECT_EQ(plan.segment_start(1), 2'002'000us);
}

}  // namespace
}  // namespace syncwatch
