#include "apps/canary/playlist_words.h"

#include <gtest/gtest.h>

namespace syncwatch::apps {
namespace {

constexpr const char* kMaster =
    "#EXTM3U\n#EXT-X-VERSION:7\n"
    "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"A\",DEFAULT=NO,URI=\"2/a0/index.m3u8\"\n"
    "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"B\",DEFAULT=YES,URI=\"2/a1/index.m3u8\"\n"
    "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"C\",DEFAULT=NO,URI=\"2/a2/index.m3u8\"\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=1\n2/v0/index.m3u8\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=2\n2/v1/index.m3u8\n";

TEST(PlaylistWordsTest, APlayerBeginsWithTheFirstPicturesAndTheDefaultSound) {
    const auto chosen = streams_in(kMaster);
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->pictures, "2/v0/index.m3u8");
    EXPECT_EQ(chosen->sound, "2/a1/index.m3u8");
    EXPECT_FALSE(streams_in("#EXTM3U\n"));
    EXPECT_EQ(streams_in("#EXTM3U\r\nv.m3u8\r\n")->sound, "");
}

TEST(PlaylistWordsTest, EachSegmentGoesWithTheInitBeforeIt) {
    const auto found = segments_in(
        "#EXTM3U\n#EXT-X-MAP:URI=\"init-0.mp4\"\n#EXTINF:2.0,\n0.m4s\n#EXTINF:2.0,\n1.m4s\n"
        "#EXT-X-MAP:URI=\"init-1.mp4\"\n#EXTINF:2.0,\n2.m4s\n#EXT-X-ENDLIST\n");
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[1].init, "init-0.mp4");
    EXPECT_EQ(found[1].name, "1.m4s");
    EXPECT_EQ(found[2].init, "init-1.mp4");
}

TEST(PlaylistWordsTest, NamesAreBesideThePlaylistThatHasThem) {
    EXPECT_EQ(beside("/media/t/v/master.m3u8", "2/v0/index.m3u8"), "/media/t/v/2/v0/index.m3u8");
    EXPECT_EQ(beside("/media/t/v/2/v0/index.m3u8", "0.m4s"), "/media/t/v/2/v0/0.m4s");
    EXPECT_EQ(beside("/media/t/v/master.m3u8", "/x"), "/x");
}

}  // namespace
}  // namespace syncwatch::apps
