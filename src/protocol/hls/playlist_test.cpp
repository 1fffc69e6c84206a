#include "protocol/hls/playlist.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "harness/contents_of.h"

namespace syncwatch::hls {
namespace {

/// tests/fixtures/playlists: what a player gets, to the byte.
std::string golden(const std::string& name) {
    return contents_of(std::filesystem::path(SW_FIXTURES) / "playlists" / name);
}

Segment segment(const char* stream, int number, std::int64_t micros, std::uint64_t size,
                int init = 0) {
    return {stream, number, std::chrono::microseconds(micros), size, init};
}

/// Two rungs, two sound tracks of one name, subtitles of both kinds.
Video film() {
    Video video;
    video.edition = 2;
    video.status = VideoStatus::Ready;
    video.duration = MediaTime(6.005333);
    video.renditions = {
        {"v1080", "1080p", 1920, 1080, 24000.0 / 1001, 5'000'000, "avc1.640028", true},
        {"v480", "480p", 854, 480, 24000.0 / 1001, 1'200'000, "avc1.64001e", false}};
    video.audio_tracks = {{"a0", 0, "en", "Say \"hi\"\n", 2, false, 128'000, "mp4a.40.2"},
                          {"a1", 1, "de", "Say \"hi\"\n", 6, true, 384'000, "mp4a.40.2"},
                          {"a2", 2, "", "", 2, false, 128'000, "mp4a.40.5"}};
    SubtitleTrack embedded{"s0", "en", "", SubtitleTrack::Source::Embedded, true, false};
    SubtitleTrack uploaded{"u1", "", "Signs", SubtitleTrack::Source::Uploaded, false, true};
    video.subtitles = {embedded, uploaded};
    return video;
}

Streams streams() {
    Streams made;
    made["v1080"] = {segment("v1080", 0, 2'002'000, 1'000'000),
                     segment("v1080", 1, 4'003'333, 900)};
    made["v480"] = {segment("v480", 0, 2'002'000, 300'000), segment("v480", 1, 2'002'000, 250'000)};
    made["a0"] = {segment("a0", 0, 1'984'000, 31'744)};
    made["a1"] = {segment("a1", 0, 1'984'000, 95'232)};
    return made;
}

TEST(PlaylistTest, TheMasterListsWhatCanBeWatched) {
    EXPECT_EQ(master_playlist(film(), streams()), golden("master.m3u8"));
}

TEST(PlaylistTest, AFilmWithoutSoundHasNoSoundGroup) {
    Video video = film();
    video.audio_tracks.clear();
    video.subtitles.clear();
    video.renditions.erase(video.renditions.begin());
    EXPECT_EQ(master_playlist(video, streams()), golden("master.silent.m3u8"));
}

TEST(PlaylistTest, WithoutASegmentThereIsNothingToWatch) {
    EXPECT_EQ(master_playlist(film(), {}), "");
    Streams only_sound;
    only_sound["a0"] = streams()["a0"];
    EXPECT_EQ(master_playlist(film(), only_sound), "");
}

TEST(PlaylistTest, AStreamGrowsUntilTheServerKnowsThatItIsComplete) {
    const std::vector<Segment> segments = {
        segment("v480", 0, 2'000'000, 1), segment("v480", 1, 1'999'999, 1),
        segment("v480", 2, 2'000'001, 1, 1), segment("v480", 3, 83'333, 1, 1)};
    EXPECT_EQ(media_playlist(std::span(segments).first(2), false), golden("event.m3u8"));
    EXPECT_EQ(media_playlist(segments, true), golden("complete.m3u8"));
}

TEST(PlaylistTest, TheTargetIsTheLongestSegmentRounded) {
    const auto target = [](std::int64_t micros) {
        const std::vector<Segment> one = {segment("v480", 0, micros, 1)};
        const std::string text = media_playlist(one, true);
        const std::size_t at = text.find("TARGETDURATION:") + 15;
        return text.substr(at, text.find('\n', at) - at);
    };
    EXPECT_EQ(target(100'000), "1");
    EXPECT_EQ(target(2'499'999), "2");
    EXPECT_EQ(target(2'500'000), "3");
    EXPECT_EQ(target(10'400'000), "10");
}

TEST(PlaylistTest, SubtitlesAreOneFileOverTheWholeFilm) {
    EXPECT_EQ(subtitle_playlist("u1.vtt", MediaTime(6.005333)), golden("subtitles.m3u8"));
}

}  // namespace
}  // namespace syncwatch::hls
