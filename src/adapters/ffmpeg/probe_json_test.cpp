#include "adapters/ffmpeg/probe_json.h"

#include <gtest/gtest.h>

namespace syncwatch::ffmpeg {
namespace {

SourceReport parsed(const std::string& streams) {
    const auto report =
        parse_probe(R"({"format":{"format_name":"matroska,webm","start_time":"-0.007000",)"
                    R"("duration":"60.02","size":"1000"},"streams":[)" +
                    streams +
                    R"(],"chapters":[{"start_time":"0.0","end_time":"30.5",)"
                    R"("tags":{"title":"One"}}]})");
    EXPECT_TRUE(report);
    return report.value_or(SourceReport());
}

TEST(ProbeJsonTest, TheContainerAndItsChapters) {
    const SourceReport report = parsed("");
    EXPECT_EQ(report.container, "matroska,webm");
    EXPECT_DOUBLE_EQ(report.start, -0.007);
    EXPECT_EQ(report.duration, 60.02);
    EXPECT_EQ(report.size, 1000);
    ASSERT_EQ(report.chapters.size(), 1u);
    EXPECT_EQ(report.chapters[0].title, "One");
    EXPECT_EQ(report.chapters[0].end, 30.5);
}

TEST(ProbeJsonTest, AVideoStreamWithAllThatMatters) {
    const SourceReport report = parsed(
        R"({"index":3,"id":"0x1f","codec_type":"video","codec_name":"hevc","profile":"Main 10",)"
        R"("codec_tag_string":"hvc1","level":150,"pix_fmt":"yuv420p10le","width":720,"height":576,)"
        R"("sample_aspect_ratio":"64:45","field_order":"tb","color_transfer":"smpte2084",)"
        R"("r_frame_rate":"50/1","avg_frame_rate":"25/1","start_time":"0.040000",)"
        R"("bit_rate":"5000000","disposition":{"default":1,"attached_pic":0},)"
        R"("tags":{"DURATION":"00:01:00.040000000"},"side_data_list":[{"rotation":-90}]})");
    ASSERT_EQ(report.videos.size(), 1u);
    const SourceVideo& video = report.videos[0];
    EXPECT_EQ(video.index, 3);
    EXPECT_EQ(video.id, 31);
    EXPECT_EQ(video.codec, "hevc");
    EXPECT_EQ(video.pixel_shape, (Rational{64, 45}));
    EXPECT_TRUE(video.interlaced);
    EXPECT_EQ(video.transfer, Transfer::Pq);
    EXPECT_EQ(video.rotation, 90);
    EXPECT_DOUBLE_EQ(video.duration.value_or(0), 60) << "the clock shows the end";
    EXPECT_TRUE(video.is_default);
    EXPECT_FALSE(video.is_picture);
}

TEST(ProbeJsonTest, SoundAndSubtitlesWithTheirNames) {
    const SourceReport report = parsed(
        R"({"index":1,"codec_type":"audio","codec_name":"ac3","sample_rate":"48000","channels":6,)"
        R"("tags":{"LANGUAGE":"fra","title":"Com\u0007men\ntary"}},)"
        R"({"index":2,"codec_type":"subtitle","codec_name":"subrip","disposition":{"forced":1}},)"
        R"({"index":3,"codec_type":"subtitle","codec_name":"hdmv_pgs_subtitle"},)"
        R"({"index":4,"codec_type":"attachment"},)"
        R"({"index":5,"codec_type":"video","disposition":{"attached_pic":1}})");
    ASSERT_EQ(report.audios.size(), 1u);
    EXPECT_EQ(report.audios[0].language, "fra");
    EXPECT_EQ(report.audios[0].title, "Com men tary");
    EXPECT_EQ(report.audios[0].channels, 6);
    ASSERT_EQ(report.subtitles.size(), 2u);
    EXPECT_TRUE(report.subtitles[0].is_text);
    EXPECT_TRUE(report.subtitles[0].is_forced);
    EXPECT_FALSE(report.subtitles[1].is_text);
    EXPECT_EQ(report.other_streams, 1);
    EXPECT_TRUE(report.videos.at(0).is_picture);
}

TEST(ProbeJsonTest, WhatIsNoNumberIsNotSaid) {
    const SourceReport report =
        parsed(R"({"codec_type":"video","width":"wide","height":99999999999,"start_time":"N/A",)"
               R"("duration":"-5","r_frame_rate":"0/0","bit_rate":null,"tags":7,"disposition":[],)"
               R"("sample_aspect_ratio":"0:1","side_data_list":{}})");
    const SourceVideo& video = report.videos.at(0);
    EXPECT_EQ(video.width, 0);
    EXPECT_EQ(video.height, 0);
    EXPECT_FALSE(video.start);
    EXPECT_FALSE(video.duration);
    EXPECT_FALSE(video.base_rate.is_known());
    EXPECT_EQ(video.pixel_shape, (Rational{1, 1}));
}

TEST(ProbeJsonTest, RotationIsQuartersClockwise) {
    for (const auto& [stored, turned] :
         {std::pair(90, 270), std::pair(-90, 90), std::pair(180, 180), std::pair(-180, 180),
          std::pair(0, 0), std::pair(-270, 270), std::pair(89, 270)}) {
        const SourceReport report =
            parsed(R"({"codec_type":"video","side_data_list":[{"rotation":)" +
                   std::to_string(stored) + "}]}");
        EXPECT_EQ(report.videos.at(0).rotation, turned) << stored;
    }
}

TEST(ProbeJsonTest, OtherTextIsRefused) {
    for (const char* bad : {"", "{", "[]", "null", "{}", R"({"format":{}})", R"({"format":[]})"}) {
        EXPECT_FALSE(parse_probe(bad)) << bad;
    }
}

}  // namespace
}  // namespace syncwatch::ffmpeg
