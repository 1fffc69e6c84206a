#include "adapters/ffmpeg/mp4_index.h"

#include <gtest/gtest.h>

#include "adapters/ffmpeg/mp4_box.h"
#include "harness/clips.h"
#include "harness/nasty_files.h"

namespace syncwatch::ffmpeg {
namespace {

std::vector<Mp4Track> index_of(const std::string& name) {
    auto index = read_mp4_index(clip(name));
    EXPECT_TRUE(index && *index) << name;
    return index && *index ? **index : std::vector<Mp4Track>();
}

TEST(Mp4IndexTest, TellsHowFarApartKeyframesAre) {
    const auto film = index_of("film.mp4");
    ASSERT_EQ(film.size(), 2u);
    EXPECT_TRUE(film[0].is_video);
    EXPECT_TRUE(film[1].is_audio);
    EXPECT_DOUBLE_EQ(film[0].duration, 8);
    EXPECT_DOUBLE_EQ(film[0].largest_keyframe_gap, 8);
    EXPECT_TRUE(film[0].has_plain_edits);
    EXPECT_TRUE(film[1].is_regular);
    EXPECT_DOUBLE_EQ(index_of("ready.mp4")[0].largest_keyframe_gap, 2);
}

TEST(Mp4IndexTest, TellsHowMuchOfACutFileIsThere) {
    EXPECT_DOUBLE_EQ(index_of("ready.mp4")[0].present, 1);
    EXPECT_NEAR(index_of("cut-half.mp4")[0].present, 0.5, 0.15);
    EXPECT_GT(index_of("cut-end.mp4")[0].present, 0.9);
}

TEST(Mp4IndexTest, OtherFilesHaveNone) {
    for (const char* name :
         {"upright.mkv", "text.mp4", "noise.mp4", "empty.mp4", "cut-without-index.mp4"}) {
        const auto index = read_mp4_index(clip(name));
        ASSERT_TRUE(index) << name;
        EXPECT_FALSE(*index) << name;
    }
    EXPECT_FALSE(read_mp4_index(clip("nothing-there")));
}

TEST(Mp4IndexTest, TheLengthIsTheSumOfTheFramesWhateverTheHeadSays) {
    const std::string bytes = three_hours_of_mp4();
    ByteView rest = as_bytes(bytes);
    const auto moov = find_box(rest, "moov");
    ASSERT_TRUE(moov);
    const auto tracks = parse_mp4_index(moov->body, bytes.size());
    ASSERT_TRUE(tracks);
    EXPECT_NEAR(tracks->at(0).duration, 2, 0.01);
}

TEST(Mp4IndexTest, NoByteCanBreakIt) {
    const std::string bytes = contents_of(clip("phone-flat.mp4"));
    const auto moov = find_box(as_bytes(bytes), "moov");
    ASSERT_TRUE(moov);
    const std::string good(moov->body.begin(), moov->body.end());
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const char value : {'\0', '\xff', '\x7f'}) {
            std::string bad = good;
            bad[at] = value;
            (void)parse_mp4_index(as_bytes(bad), bytes.size());
        }
        (void)parse_mp4_index(as_bytes(std::string_view(good).substr(0, at)), bytes.size());
    }
}

}  // namespace
}  // namespace syncwatch::ffmpeg
