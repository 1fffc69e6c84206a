#include "gateway/media/media_path.h"

#include <gtest/gtest.h>

namespace syncwatch::http {
namespace {

using Kind = MediaPath::Kind;

TEST(MediaPathTest, WhatPlayersAskForIsUnderstood) {
    EXPECT_EQ(parse_media_path("master.m3u8")->kind, Kind::Master);
    const auto stream = parse_media_path("2/v720/index.m3u8");
    ASSERT_TRUE(stream);
    EXPECT_EQ(stream->kind, Kind::Stream);
    EXPECT_EQ(stream->edition, 2);
    EXPECT_EQ(stream->stream, "v720");
    EXPECT_EQ(parse_media_path("1/a0/init-0.mp4")->kind, Kind::Init);
    EXPECT_EQ(parse_media_path("1/a0/init-12.mp4")->number, 12);
    const auto segment = parse_media_path("1/v1080/000042.m4s");
    ASSERT_TRUE(segment);
    EXPECT_EQ(segment->kind, Kind::Segment);
    EXPECT_EQ(segment->number, 42);
    EXPECT_EQ(parse_media_path("1/a0/000000.m4s")->number, 0);
    EXPECT_EQ(parse_media_path("1/a0/1234567.m4s")->number, 1234567);
    for (const char* name : {"poster.jpg", "sprite.vtt", "sprite-0.jpg", "sprite-17.jpg"}) {
        const auto picture = parse_media_path(name);
        ASSERT_TRUE(picture) << name;
        EXPECT_EQ(picture->kind, Kind::Picture);
        EXPECT_EQ(picture->name, name);
    }
    EXPECT_EQ(parse_media_path("subtitles/u1.vtt")->kind, Kind::SubtitleFile);
    EXPECT_EQ(parse_media_path("subtitles/u1.m3u8")->name, "u1");
}

TEST(MediaPathTest, AnythingElseIsNothing) {
    for (const char* path : {"",
                             "/",
                             "index.m3u8",
                             "master.m3u8/",
                             "master.m3u8/x",
                             "Master.m3u8",
                             "poster.png",
                             "sprite-.jpg",
                             "sprite-01.jpg",
                             "sprite--1.jpg",
                             "sprite-1.vtt",
                             "source/original",
                             "1/v720",
                             "1/v720/",
                             "1//index.m3u8",
                             "/v720/index.m3u8",
                             "01/v720/index.m3u8",
                             "-1/v720/index.m3u8",
                             "1/../index.m3u8",
                             "1/V720/index.m3u8",
                             "1/v720/../index.m3u8",
                             "1/v720/42.m4s",
                             "1/v720/00042.m4s",
                             "1/v720/0000042.m4s",
                             "1/v720/-00042.m4s",
                             "1/v720/+00042.m4s",
                             "1/v720/000042.m4s/",
                             "1/v720/x/000042.m4s",
                             "1/v720/000042.mp4",
                             "1/v720/init.mp4",
                             "1/v720/init-00.mp4",
                             "1/v720/.m4s",
                             "9999999999/v720/index.m3u8",
                             "1/v720/9999999999.m4s",
                             "subtitles/",
                             "subtitles/.vtt",
                             "subtitles/../x.vtt",
                             "subtitles/U1.vtt",
                             "subtitles/u1.srt",
                             "subtitles/a/b.vtt",
                             "../../etc/passwd",
                             "1/v720/index.m3u8?x",
                             " master.m3u8",
                             "subtitles/u1.vtt.m3u8"}) {
        EXPECT_FALSE(parse_media_path(path)) << path;
    }
    EXPECT_FALSE(parse_media_path(std::string("poster.jpg\0", 11)));
}

}  // namespace
}  // namespace syncwatch::http
