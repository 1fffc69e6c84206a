// What is made again of films that are too long to be read from their start while somebody waits.
#include "harness/long_film.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/clips.h"
#include "harness/long_run.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

std::string quoted(const std::filesystem::path& path) {
    return "'" + path.string() + "'";
}

class LongFilmTest : public testing::Test {
protected:
    std::filesystem::path looped(const std::string& name, const std::string& as, int times) {
        auto file = folder_.path() / as;
        (void)output_of("ffmpeg -v error -nostdin -y -stream_loop " + std::to_string(times - 1) +
                        " -i " + quoted(clip(name)) + " -c copy " + quoted(file));
        return file;
    }

    TempFolder folder_;
    TranscodeWorld world_{folder_.path() / "world"};
    TimedRestorer maker_{world_, *world_.blobs};
};

TEST_F(LongFilmTest, WhatIsPassedOnComesFromItsOwnPlaceAndIsTheSameToTheByte) {
    for (const char* name : {"ready.mp4", "ready.mkv", "ready.ts"}) {
        SCOPED_TRACE(name);
        world_.start();
        const VideoId id = world_.upload(looped("ready.mp4", name, 4));
        ASSERT_EQ(world_.settled(id).status, VideoStatus::Ready);
        world_.stop();
        const auto plan = parse_plan(run_to_end(world_.store->plan(id)).value()).value();
        ASSERT_TRUE(plan.pictures.front().copy);
        const std::string top = plan.pictures.front().stream;
        std::map<std::string, std::string> whole;
        for (const std::string& key : world_.keys(id)) {
            const auto piece = parse_piece_key(key);
            const bool copied = piece && (piece->stream == top ||
                                          (piece->stream == "a0" && plan.sounds.front().copy));
            if (copied) whole[key] = world_.object(key);
        }
        EXPECT_GE(whole.size(), 10u);
        for (const auto& [key, bytes] : whole) {
            SCOPED_TRACE(key);
            const auto piece = parse_piece_key(key).value();
            ASSERT_TRUE(run_to_end(world_.blobs->remove(key)));
            maker_.runs().clear();
            maker_.make(key);
            EXPECT_TRUE(world_.object(key) == bytes);
            ASSERT_EQ(maker_.runs().size(), 1u) << "at once";
            EXPECT_EQ(maker_.runs()[0].first_segment, piece.is_init ? 0 : piece.number);
        }
    }
}

/// Two hours at 720p, 2.8 GB, whose rows are there without its objects.
/// Two hours at 720p, 2.8 GB.
TEST_F(LongFilmTest, ALateSegmentOfTwoHoursIsThereWhileAPlayerWaits) {
    if (!harness::is_long_run()) GTEST_SKIP() << "--long";
    const LongFilm film = enter_long_film(world_, maker_, film_of_minutes(folder_.path(), 120));
    for (const std::string& stream : film.streams()) {
        for (const int number : {film.last / 2, film.last - 1}) {
            const auto took = maker_.make(segment_key(film.id, 1, stream, number));
            std::printf("%s %d: %d ms\n", stream.c_str(), number, static_cast<int>(took.count()));
            std::fflush(stdout);
            EXPECT_LT(took, 15s) << stream;
        }
    }
}

}  // namespace
}  // namespace syncwatch
