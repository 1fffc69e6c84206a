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

}  // namespace
}  // namespace syncwatch
