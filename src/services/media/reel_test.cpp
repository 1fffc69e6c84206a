#include "services/media/reel.h"

#include <gtest/gtest.h>

#include "harness/numbered.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

Reel rich_reel() {
    Reel reel;
    Video& video = reel.video;
    video.id = numbered<VideoId>(1);
    video.title = "Film 🎬";
    video.status = VideoStatus::Transcoding;
    video.edition = 3;
    video.duration = MediaTime(5400.25);
    video.playable_until = MediaTime(8);
    Rendition rung;
    rung.stream = "v720";
    rung.name = "720p";
    rung.width = 1280;
    rung.height = 720;
    rung.frame_rate = 23.976;
    rung.bits_per_second = 2'500'000;
    rung.codecs = "avc1.64001f";
    rung.remuxed = true;
    video.renditions = {rung};
    AudioTrack sound;
    sound.stream = "a0";
    sound.index = 1;
    sound.language = "de";
    sound.title = "Deutsch";
    sound.channels = 6;
    sound.is_default = true;
    sound.bits_per_second = 128'000;
    sound.codecs = "mp4a.40.2";
    video.audio_tracks = {sound};
    SubtitleTrack track;
    track.id = "u1";
    track.language = "en";
    track.title = "English";
    track.source = SubtitleTrack::Source::Uploaded;
    track.forced = true;
    video.subtitles = {track};
    reel.streams["v720"] = {{"v720", 0, 4'004'000us, 1'000'000, 0},
                            {"v720", 1, 3'996'000us, 5'000'000'000, 1}};
    reel.streams["a0"] = {{"a0", 0, 4s, 64'000, 0}};
    return reel;
}

TEST(ReelTest, WhatIsToldIsWhatPlayersNeed) {
    const Reel reel = rich_reel();
    const auto read = parse_reel(text(reel));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->video.id, reel.video.id);
    EXPECT_EQ(read->video.title, reel.video.title);
    EXPECT_EQ(read->video.status, reel.video.status);
    EXPECT_EQ(read->video.edition, 3);
    EXPECT_EQ(read->video.duration, reel.video.duration);
    EXPECT_EQ(read->video.playable_until, reel.video.playable_until);
    EXPECT_EQ(read->video.renditions, reel.video.renditions);
    EXPECT_EQ(read->video.audio_tracks, reel.video.audio_tracks);
    EXPECT_EQ(read->video.subtitles, reel.video.subtitles);
    EXPECT_EQ(read->streams, reel.streams);
}

TEST(ReelTest, ALongFilmIsSmallEnoughToBeTold) {
    Reel reel = rich_reel();
    for (const char* name : {"v1080", "v720", "v480", "v360", "a0", "a1"}) {
        auto& stream = reel.streams[name];
        stream.clear();
        for (int i = 0; i < 4 * 900; ++i) stream.push_back({name, i, 4'004'000us, 1'234'567, 0});
    }
    EXPECT_LT(text(reel).size(), std::size_t{2} << 20) << "four hours in six streams";
}

TEST(ReelTest, WhatIsDamagedOrOfAnotherVersionIsNone) {
    const std::string whole = text(rich_reel());
    for (std::size_t cut = 0; cut < whole.size(); cut += 5) {
        EXPECT_FALSE(parse_reel(std::string_view(whole).substr(0, cut)));
    }
    std::string newer = whole;
    newer.replace(newer.find("\"version\":1"), 11, "\"version\":2");
    EXPECT_FALSE(parse_reel(newer));
    std::string torn = whole;
    torn.replace(torn.find("64000,"), 6, "");
    EXPECT_FALSE(parse_reel(torn)) << "a number of a segment is missing";
}

}  // namespace
}  // namespace syncwatch
