// Posters and the small pictures under the seek bar.
#include <gtest/gtest.h>

#include "harness/ffmpeg_world.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;

/// "160x90" of a JPEG.
std::string size_of(const std::string& jpeg) {
    const TempFolder folder;
    const auto file = folder.path() / "picture.jpg";
    std::ofstream(file, std::ios::binary) << jpeg;
    std::string size = output_of(
        "ffprobe -v error -show_entries stream=width,height -of csv=p=0:s=x " + file.string());
    while (!size.empty() && size.back() == '\n') size.pop_back();
    return size;
}

class PicturesTest : public FfmpegWorld {
protected:
    std::string picture(const std::string& name, std::chrono::microseconds at,
                        Transfer transfer = Transfer::Sdr) {
        Transcoder::Picture wanted;
        wanted.transfer = transfer;
        wanted.size = {160, 90};
        wanted.at = at;
        return run_to_end(transcoder_.picture(clip(name), wanted)).value_or("error");
    }
};

TEST_F(PicturesTest, APictureIsAJpegOfTheWantedSize) {
    EXPECT_EQ(size_of(picture("film.mp4", 2s)), "160x90");
    EXPECT_EQ(size_of(picture("hdr10.mp4", 0s, Transfer::Pq)), "160x90");
    EXPECT_EQ(size_of(picture("hlg.mp4", 0s, Transfer::Hlg)), "160x90");
}

TEST_F(PicturesTest, ADarkPictureIsASmallFile) {
    const std::string dark = picture("dark-start.mp4", 1s);
    const std::string bright = picture("dark-start.mp4", 5s);
    EXPECT_LT(dark.size() * 2, bright.size());
}

TEST_F(PicturesTest, WhereThereIsNoneNothingIsGiven) {
    EXPECT_EQ(picture("sound-only.m4a", 0s), "");
    EXPECT_EQ(picture("text.mp4", 0s), "");
}

TEST_F(PicturesTest, ASheetHasATileForEverySegment) {
    MadeFilm film;
    make("film.mp4", film);
    const MadeStream& low = film.streams["v360"];
    std::vector<std::string> frames;
    for (const MadeSegment& each : low.segments) {
        frames.push_back(transcoder_.first_frame(each.bytes));
        EXPECT_GT(frames.back().size(), 100u);
        EXPECT_LT(frames.back().size(), each.bytes.size() / 2);
    }
    for (int i = 0; i < 8; ++i) frames.push_back(frames.front());
    const auto sheet = run_to_end(transcoder_.sprite_sheet(low.init, frames, {64, 36}));
    ASSERT_TRUE(sheet) << sheet.error().message;
    EXPECT_EQ(size_of(*sheet), "640x72") << "twelve tiles in rows of ten";
    EXPECT_EQ(transcoder_.first_frame("nonsense"), "");
    EXPECT_FALSE(run_to_end(transcoder_.sprite_sheet(low.init, {"nonsense"}, {64, 36})));
}

}  // namespace
}  // namespace syncwatch::ffmpeg
