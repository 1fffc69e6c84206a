#include "adapters/ffmpeg/ffmpeg_transcoder.h"

#include <gtest/gtest.h>

#include "domain/transcode/frame_rate.h"
#include "domain/transcode/judge.h"
#include "harness/ffmpeg_world.h"
#include "harness/nasty_files.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;

/// Every frame once, the first at 0, each at its place on the grid.
void expect_grid(const MadeStream& stream, const TranscodePlan& plan, std::size_t frames) {
    const PlacedFrames placed(stream);
    ASSERT_EQ(placed.shown.size(), frames);
    const std::int64_t ticks = ticks_per_frame(plan.rate);
    for (std::size_t i = 0; i < frames; ++i) {
        ASSERT_EQ(placed.shown[i], static_cast<std::int64_t>(i) * ticks) << i;
    }
}

void expect_numbered(const MadeStream& stream, std::size_t frames) {
    const auto seen = frames_in(stream.bytes());
    ASSERT_EQ(seen.size(), frames);
    for (std::size_t i = 0; i < frames; ++i) ASSERT_EQ(seen[i].number, static_cast<int>(i));
}

class TranscodeTest : public FfmpegWorld {};

TEST_F(TranscodeTest, EveryRungHasEveryFrameOnceAndSegmentsEndTogether) {
    MadeFilm film;
    const TranscodePlan plan = plan_of("film.mp4");
    make("film.mp4", film);
    ASSERT_EQ(film.streams.size(), 3u);
    for (const char* stream : {"v480", "v360"}) {
        const MadeStream& made = film.streams[stream];
        expect_grid(made, plan, 192);
        expect_numbered(made, 192);
        ASSERT_EQ(made.segments.size(), 4u);
        for (int i = 0; i < 4; ++i) {
            const MadeSegment& segment = made.segments[static_cast<std::size_t>(i)];
            EXPECT_EQ(segment.number, i);
            EXPECT_EQ(segment.start, i * 2s);
            EXPECT_EQ(segment.end, i * 2s + 2s);
        }
    }
    EXPECT_EQ(film.streams["v480"].codecs, "avc1.64001e");
    EXPECT_EQ(film.last_progress.position, 8s);
}

TEST_F(TranscodeTest, SoundIsInStepWithThePicturesAndStartsAtZero) {
    MadeFilm film;
    make("film.mp4", film);
    const MadeStream& sound = film.streams["a0"];
    EXPECT_EQ(sound.codecs, "mp4a.40.2");
    const PlacedFrames placed(sound);
    EXPECT_EQ(placed.shown.front(), 0);
    EXPECT_NEAR(placed.seconds(), 8, 0.03);
    const auto beeps = beeps_in(sound.bytes());
    ASSERT_EQ(beeps.size(), 8u);
    // The first packet has none before it to overlap with: it fades in.
    EXPECT_NEAR(beeps[0], 0, 0.022);
    for (int i = 1; i < 8; ++i) EXPECT_NEAR(beeps[static_cast<std::size_t>(i)], i, 0.002);
    ASSERT_EQ(sound.segments.size(), 4u);
    EXPECT_NEAR(static_cast<double>(sound.segments[1].start.count()) / 1e6, 2, 0.022);
    EXPECT_EQ(sound.segments[1].start, sound.segments[0].end);
}

TEST_F(TranscodeTest, WhatBrowsersPlayIsPassedOnAndTheLowerRungIsInStepWithIt) {
    const TranscodePlan plan = plan_of("ready.mp4");
    ASSERT_TRUE(plan.pictures[0].copy);
    ASSERT_TRUE(plan.sounds[0].copy);
    ASSERT_FALSE(plan.pictures[1].copy);
    MadeFilm film;
    make("ready.mp4", film);
    expect_numbered(film.streams["v480"], 192);
    expect_numbered(film.streams["v360"], 192);
    const PlacedFrames copied(film.streams["v480"]);
    EXPECT_EQ(copied.shown.front(), 0);
    EXPECT_DOUBLE_EQ(copied.seconds(), 8);
    EXPECT_EQ(film.streams["v480"].segments.size(), 4u);
    const auto beeps = beeps_in(film.streams["a0"].bytes());
    ASSERT_EQ(beeps.size(), 8u);
    for (int i = 1; i < 8; ++i) EXPECT_NEAR(beeps[static_cast<std::size_t>(i)], i, 0.002);
}

TEST_F(TranscodeTest, ARunThatBeginsInTheMiddleGoesOnWithTheNextFrame) {
    const TranscodePlan plan = plan_of("film.mp4");
    MadeFilm first;
    first.stop_after = 3;
    Transcoder::Run run = whole_run(clip("film.mp4"), plan);
    run.streams = {"v480", "v360"};
    const auto stopped = run_to_end(transcoder_.run(run, first));
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);

    MadeFilm second;
    run.first_segment = 1;
    ASSERT_TRUE(run_to_end(transcoder_.run(run, second)));
    for (const char* stream : {"v480", "v360"}) {
        ASSERT_FALSE(first.streams[stream].segments.empty());
        EXPECT_EQ(first.streams[stream].init, second.streams[stream].init);
        MadeStream joined = first.streams[stream];
        joined.segments.resize(1);
        ASSERT_EQ(second.streams[stream].segments.front().number, 1);
        for (const MadeSegment& each : second.streams[stream].segments) {
            joined.segments.push_back(each);
        }
        expect_grid(joined, plan, 192);
        expect_numbered(joined, 192);
    }
}

TEST_F(TranscodeTest, AllTracksOfAFilmWithManyAreThere) {
    const SourceReport report = probed("multi.mkv");
    ASSERT_EQ(report.audios.size(), 3u);
    EXPECT_EQ(report.audios[0].language, "eng");
    EXPECT_EQ(report.audios[0].title, "English");
    EXPECT_FALSE(report.audios[0].is_default);
    EXPECT_TRUE(report.audios[1].is_default);
    EXPECT_EQ(report.audios[2].channels, 6);
    ASSERT_EQ(report.subtitles.size(), 3u);
    EXPECT_TRUE(report.subtitles[1].is_default);
    EXPECT_EQ(report.subtitles[2].title, "Signs");
    for (const auto& each : report.subtitles) EXPECT_TRUE(each.is_text);

    MadeFilm film;
    make("multi.mkv", film);
    for (const char* stream : {"a0", "a1", "a2"}) {
        const PlacedFrames placed(film.streams[stream]);
        EXPECT_EQ(placed.timescale, 48'000u);
        EXPECT_EQ(placed.shown.front(), 0);
        EXPECT_NEAR(placed.seconds(), PlacedFrames(film.streams["v480"]).seconds(), 0.06) << stream;
    }
    // Where the film begins in the file, each ffmpeg decides for itself when it makes the clip.
    const auto origin = plan_of("multi.mkv").origin;
    const auto texts = run_to_end(transcoder_.subtitles(clip("multi.mkv"), {4, 5, 6}, origin));
    ASSERT_TRUE(texts);
    EXPECT_NE(texts->at(0).find("Hello <i>there</i>"), std::string::npos) << texts->at(0);
    EXPECT_NE(texts->at(1).find("Grüße – 日本語 😀"), std::string::npos);
    EXPECT_NE(texts->at(1).find("00:02.000 --> 00:03.250"), std::string::npos)
        << "from the beginning of the film, at " << origin.count() << " µs: " << texts->at(1);
    EXPECT_NE(texts->at(2).find("A sign"), std::string::npos);
}

TEST_F(TranscodeTest, ARecordingThatChangesOnTheWayStaysOneFilmInStep) {
    MadeFilm film;
    const TranscodePlan plan = plan_of("changes.ts");
    make("changes.ts", film);
    const MadeStream& made = film.streams[plan.pictures[0].stream];
    const PlacedFrames placed(made);
    EXPECT_NEAR(placed.seconds(), 6, 0.1);
    expect_grid(made, plan, placed.shown.size());
    // Where parts meet a frame may be lost to the reader; every other one is at its own place.
    const auto seen = frames_in(made.bytes());
    int off = 0;
    for (std::size_t i = 0; i < seen.size(); ++i)
        off += seen[i].number != static_cast<int>(i) % 192;
    EXPECT_LE(off, 4);
    const auto beeps = beeps_in(film.streams["a0"].bytes());
    ASSERT_EQ(beeps.size(), 6u);
    for (int i = 0; i < 6; ++i) EXPECT_NEAR(beeps[static_cast<std::size_t>(i)], i, 0.03);
    EXPECT_NEAR(PlacedFrames(film.streams["a0"]).seconds(), 6, 0.2);
}

TEST_F(TranscodeTest, SoundForASecondOfFourIsSilentBeforeAndAfter) {
    for (const int channels : {1, 2}) {
        TranscodePlan plan = plan_of("short-sound.mkv");
        plan.sounds.at(0).channels = channels;
        MadeFilm film;
        ASSERT_TRUE(run_to_end(transcoder_.run(whole_run(clip("short-sound.mkv"), plan), film)));
        const MadeStream& sound = film.streams["a0"];
        EXPECT_EQ(PlacedFrames(sound).shown.front(), 0);
        EXPECT_NEAR(PlacedFrames(sound).seconds(), 4, 0.03);
        const auto beeps = beeps_in(sound.bytes());
        ASSERT_EQ(beeps.size(), 1u);
        EXPECT_NEAR(beeps[0], 1, 0.03);
        // The silence that we wrote is what decoders expect.
        const auto file = folder_.path() / "sound.mp4";
        write_file(file, sound.bytes());
        EXPECT_NO_THROW(output_of("ffmpeg -v error -nostdin -xerror -err_detect explode -i " +
                                  file.string() + " -f null -"));
    }
}

TEST_F(TranscodeTest, TenBitsAndHdrBecomeOrdinaryPicturesThatAreStillReadable) {
    for (const char* name : {"ten-bit.mkv", "hdr10.mp4", "hlg.mp4"}) {
        MadeFilm film;
        make(name, film);
        const std::string movie = film.streams["v180"].bytes();
        // The squares are white and black as before: numbers can be read.
        expect_numbered(film.streams["v180"], 48);
        const auto file = folder_.path() / "pictures.mp4";
        write_file(file, movie);
        const std::string facts = output_of(
            "ffprobe -v error -select_streams v -show_entries "
            "stream=codec_name,profile,pix_fmt,color_transfer -of default=nk=1:nw=1 " +
            file.string());
        EXPECT_TRUE(facts.starts_with("h264\nHigh\nyuv420p\n")) << name << ": " << facts;
        EXPECT_EQ(facts.find("smpte2084"), std::string::npos) << name;
        EXPECT_EQ(facts.find("arib"), std::string::npos) << name;
    }
}

TEST_F(TranscodeTest, FramesThatComeIrregularlyStayUntilTheNextOne) {
    const auto source = frames_in(contents_of(clip("phone-flat.mp4")));
    MadeFilm film;
    make("phone-flat.mp4", film);
    const auto seen = frames_in(film.streams["v180"].bytes());
    ASSERT_LT(source.size() + 20, seen.size());
    std::size_t on = 0;
    for (const SeenFrame& each : seen) {
        while (on + 1 < source.size() && source[on + 1].at < each.at + 0.01) ++on;
        ASSERT_EQ(each.number, source[on].number) << each.at;
    }
}

TEST_F(TranscodeTest, MonoAndTheMiddleOfSurroundAreHeardOnBothSides) {
    for (const auto& [name, beeps] : {std::pair("mono8k.mp4", 2u), std::pair("surround.mkv", 1u)}) {
        MadeFilm film;
        make(name, film);
        const auto file = folder_.path() / "sound.mp4";
        write_file(file, film.streams["a0"].bytes());
        for (const char* side : {"FL", "FR"}) {
            const auto one = folder_.path() / "one.mp4";
            output_of("ffmpeg -v error -nostdin -y -i " + file.string() +
                      " -af 'pan=mono|c0=" + side + "' -c:a aac " + one.string());
            EXPECT_EQ(beeps_in(contents_of(one)).size(), beeps) << name << " " << side;
        }
    }
}

/// What becomes of a clip: its first rung, its frames, its sound.
struct Row {
    const char* clip;
    const char* rung;
    PictureSize size;
    const char* rate;
    double seconds;
    int sounds = 1;
};

class KindsOfFilm : public FfmpegWorld, public testing::WithParamInterface<Row> {};

TEST_P(KindsOfFilm, Becomes) {
    const Row& row = GetParam();
    const TranscodePlan plan = plan_of(row.clip);
    const PictureStream& first = plan.pictures.front();
    EXPECT_EQ(first.stream, row.rung);
    EXPECT_EQ((PictureSize{first.width, first.height}), row.size);
    EXPECT_EQ(plan.rate.text(), row.rate);
    EXPECT_EQ(static_cast<int>(plan.sounds.size()), row.sounds);
    MadeFilm film;
    make(row.clip, film);
    for (const PictureStream& each : plan.pictures) {
        const MadeStream& made = film.streams[each.stream];
        const PlacedFrames placed(made);
        ASSERT_FALSE(placed.shown.empty());
        EXPECT_EQ(placed.shown.front(), 0);
        EXPECT_NEAR(placed.seconds(), row.seconds, 0.09);
        if (!each.copy) expect_grid(made, plan, placed.shown.size());
    }
    for (const SoundStream& each : plan.sounds) {
        const PlacedFrames placed(film.streams[each.stream]);
        EXPECT_EQ(placed.shown.front(), 0);
        EXPECT_NEAR(placed.seconds(), row.seconds, 0.15);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, KindsOfFilm,
    testing::Values(Row{"upright.mkv", "v180", {180, 320}, "24000/1001", 4},
                    Row{"hdr10.mp4", "v180", {180, 320}, "24000/1001", 2},
                    Row{"hlg.mp4", "v180", {180, 320}, "24000/1001", 2},
                    Row{"ten-bit.mkv", "v180", {180, 320}, "24000/1001", 2},
                    Row{"odd444.mkv", "v181", {180, 318}, "24000/1001", 2},
                    Row{"old.avi", "v180", {180, 320}, "24000/1001", 2},
                    Row{"old.ogv", "v180", {180, 320}, "24000/1001", 2},
                    Row{"old.mpg", "v180", {180, 320}, "25", 2},
                    Row{"late-start.ts", "v180", {180, 320}, "24000/1001", 2},
                    Row{"no-length.webm", "v180", {180, 320}, "24000/1001", 2},
                    Row{"phone.mp4", "v180", {180, 320}, "24", 4},
                    Row{"phone-flat.mp4", "v180", {320, 180}, "24", 4},
                    Row{"anamorphic.mp4", "v192", {340, 192}, "24000/1001", 2},
                    Row{"interlaced.mp4", "v180", {320, 180}, "12", 2},
                    Row{"changes-interlaced.ts", "v180", {320, 180}, "12", 3.92},
                    Row{"cut-start.ts", "v180", {320, 180}, "24", 3.83},
                    Row{"silent.mp4", "v180", {180, 320}, "24000/1001", 2, 0},
                    Row{"mono8k.mp4", "v180", {180, 320}, "24000/1001", 2},
                    Row{"surround.mkv", "v180", {180, 320}, "24000/1001", 2},
                    Row{"long-sound.mp4", "v180", {180, 320}, "24000/1001", 4},
                    Row{"short-sound.mkv", "v180", {180, 320}, "24000/1001", 4},
                    Row{"late-picture.mkv", "v180", {180, 320}, "24000/1001", 3.5},
                    Row{"one-frame.mp4", "v180", {180, 320}, "24000/1001", 0.042, 0},
                    Row{"slow.mp4", "v90", {160, 90}, "10", 8, 0},
                    Row{"fast.mp4", "v90", {160, 90}, "60", 2, 0}),
    [](const auto& row) {
        std::string name = row.param.clip;
        std::ranges::replace_if(
            name, [](char c) { return c == '.' || c == '-'; }, '_');
        return name;
    });

}  // namespace
}  // namespace syncwatch::ffmpeg
