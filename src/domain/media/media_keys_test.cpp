#include "domain/media/media_keys.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

const VideoId kVideo = VideoId::parse("01900000-0000-7000-8000-000000000001").value();
const std::string kPrefix = "videos/01900000-0000-7000-8000-000000000001";

TEST(MediaKeysTest, EverythingOfAVideoLiesUnderItsPrefix) {
    EXPECT_EQ(video_prefix(kVideo), kPrefix);
    EXPECT_EQ(source_key(kVideo), kPrefix + "/source/original");
    EXPECT_EQ(init_key(kVideo, 2, "v720", 0), kPrefix + "/2/v720/init-0.mp4");
    EXPECT_EQ(segment_key(kVideo, 2, "a0", 41), kPrefix + "/2/a0/000041.m4s");
    EXPECT_EQ(picture_key(kVideo, 1, "poster.jpg"), kPrefix + "/1/poster.jpg");
}

TEST(MediaKeysTest, UploadedSubtitlesOutliveAnEdition) {
    SubtitleTrack track;
    track.id = "s0";
    EXPECT_EQ(subtitle_key(kVideo, 3, track), kPrefix + "/3/subtitles/s0.vtt");
    track.source = SubtitleTrack::Source::Uploaded;
    EXPECT_EQ(subtitle_key(kVideo, 3, track), kPrefix + "/subtitles/s0.vtt");
}

TEST(MediaKeysTest, StreamNamesAreShortAndPlain) {
    for (const char* name : {"v720", "a0", "v1080", "a"}) EXPECT_TRUE(is_stream_name(name)) << name;
    for (const char* name : {"", "0a", "V720", "v-720", "..", "v/7", "aaaaaaaaaaaaaaaaa", "v7\n"}) {
        EXPECT_FALSE(is_stream_name(name)) << name;
    }
}

TEST(MediaKeysTest, KeysOfPiecesAreReadBackAndNoOthers) {
    const auto id = VideoId::parse("01890000-0000-7000-8000-000000000001").value();
    const auto segment = parse_piece_key(segment_key(id, 3, "v720", 1'000'042));
    ASSERT_TRUE(segment);
    EXPECT_EQ(segment->video, id);
    EXPECT_EQ(segment->edition, 3);
    EXPECT_EQ(segment->stream, "v720");
    EXPECT_FALSE(segment->is_init);
    EXPECT_EQ(segment->number, 1'000'042);
    const auto init = parse_piece_key(init_key(id, 1, "a0", 2));
    ASSERT_TRUE(init);
    EXPECT_TRUE(init->is_init);
    EXPECT_EQ(init->number, 2);
    for (const std::string& other :
         {source_key(id), picture_key(id, 1, "poster.jpg"), video_prefix(id) + "/1/v720/x.m4s",
          video_prefix(id) + "/1/v720/init-.mp4", video_prefix(id) + "/1/V/000000.m4s",
          video_prefix(id) + "/-1/v720/000000.m4s", std::string("videos/x/1/v720/000000.m4s"),
          video_prefix(id) + "/1/v720/000000.m4s/", std::string()}) {
        EXPECT_FALSE(parse_piece_key(other)) << other;
    }
}

TEST(MediaKeysTest, WhatStandsBesideTheStreamsIsReadBackFromItsKey) {
    const VideoId id = kVideo;
    EXPECT_EQ(parse_extra_key(picture_key(id, 1, kPosterObject))->kind, ExtraKey::Kind::Poster);
    EXPECT_EQ(parse_extra_key(picture_key(id, 1, kSpriteObject))->kind, ExtraKey::Kind::SpriteList);
    const auto sheet = parse_extra_key(picture_key(id, 7, "sprite-12.jpg"));
    ASSERT_TRUE(sheet);
    EXPECT_EQ(sheet->kind, ExtraKey::Kind::SpriteSheet);
    EXPECT_EQ(sheet->video, id);
    EXPECT_EQ(sheet->edition, 7);
    EXPECT_EQ(sheet->sheet, 12u);
    SubtitleTrack track;
    track.id = "s1";
    track.source = SubtitleTrack::Source::Embedded;
    const auto text = parse_extra_key(subtitle_key(id, 2, track));
    ASSERT_TRUE(text);
    EXPECT_EQ(text->kind, ExtraKey::Kind::Subtitles);
    EXPECT_EQ(text->track, "s1");
    track.source = SubtitleTrack::Source::Uploaded;
    for (const std::string& other :
         {source_key(id), subtitle_key(id, 2, track), segment_key(id, 1, "v720", 1),
          picture_key(id, 1, "sprite-.jpg"), picture_key(id, 1, "sprite-1.png"),
          picture_key(id, 1, "poster.jpg") + "/", std::string("poster.jpg"), std::string()}) {
        EXPECT_FALSE(parse_extra_key(other)) << other;
    }
}

}  // namespace
}  // namespace syncwatch
