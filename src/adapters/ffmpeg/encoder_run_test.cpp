#include "adapters/ffmpeg/encoder_run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "harness/cancel_after.h"
#include "harness/encoder_watch.h"
#include "harness/ffmpeg_world.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;

class EncoderRunTest : public FfmpegWorld {
protected:
    /// A transcoder that loses patience as `watchdog` says.
    FfmpegTranscoder impatient(Watchdog watchdog) {
        FfmpegTranscoder::Options options;
        options.scratch = folder_.path() / "scratch";
        options.watchdog = watchdog;
        options.watchdog.look_every = 50ms;
        return FfmpegTranscoder(options);
    }
    std::string reason(const Result<TranscodeEnd>& end) {
        return end ? "none" : std::string(end.error().reason);
    }
};

TEST_F(EncoderRunTest, AnEncoderThatDoesNotMoveIsEnded) {
    // A pipe that nobody writes to: it waits for ever.
    const auto pipe = folder_.path() / "pipe.mp4";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    Watchdog watchdog;
    watchdog.stall_after = 1s;
    FfmpegTranscoder transcoder = impatient(watchdog);
    MadeFilm film;
    const auto end = run_to_end(transcoder.run(whole_run(pipe, plan_of("silent.mp4")), film));
    EXPECT_EQ(reason(end), "stalled");
    EXPECT_TRUE(readers_of(pipe).empty());
}

TEST_F(EncoderRunTest, AnEncoderThatTakesFarTooLongIsEnded) {
    Watchdog watchdog;
    watchdog.least_time = 0s;
    watchdog.times_film = 0.0;
    FfmpegTranscoder transcoder = impatient(watchdog);
    MadeFilm film;
    EXPECT_EQ(
        reason(run_to_end(transcoder.run(whole_run(clip("film.mp4"), plan_of("film.mp4")), film))),
        "took_too_long");
}

TEST_F(EncoderRunTest, AnEncoderThatEatsMemoryIsEnded) {
    Watchdog watchdog;
    watchdog.max_memory = 8 << 20;
    FfmpegTranscoder transcoder = impatient(watchdog);
    MadeFilm film;
    const auto end =
        run_to_end(transcoder.run(whole_run(clip("film.mp4"), plan_of("film.mp4")), film));
    EXPECT_EQ(reason(end), "transcode_failed");
    EXPECT_NE(end.error().message.find("MiB of memory"), std::string::npos);
}

TEST_F(EncoderRunTest, AnEncoderThatWritesFarMoreThanPlannedIsEnded) {
    Watchdog watchdog;
    watchdog.slack = 1000;
    watchdog.times_peak = 0;
    FfmpegTranscoder transcoder = impatient(watchdog);
    MadeFilm film;
    EXPECT_EQ(
        reason(run_to_end(transcoder.run(whole_run(clip("film.mp4"), plan_of("film.mp4")), film))),
        "output_too_large");
}

TEST_F(EncoderRunTest, AFilmThatGoesOnBeyondWhatItMayIsEnded) {
    Watchdog watchdog;
    watchdog.longest_film = 1s;
    FfmpegTranscoder transcoder = impatient(watchdog);
    MadeFilm film;
    EXPECT_EQ(
        reason(run_to_end(transcoder.run(whole_run(clip("film.mp4"), plan_of("film.mp4")), film))),
        "too_long");
}

/// Kills the encoder as soon as it has given a segment.
class Killer final : public TranscodeListener {
public:
    explicit Killer(std::filesystem::path source) : source_(std::move(source)) {}
    Async<> on_init(std::string, MadeInit) override { co_return Result<>(); }
    Async<> on_segment(std::string, MadeSegment) override {
        ++segments;
        for (const pid_t each : readers_of(source_)) ::kill(each, SIGKILL);
        co_return Result<>();
    }
    void on_progress(TranscodeProgress) override {}
    int segments = 0;

private:
    std::filesystem::path source_;
};

TEST_F(EncoderRunTest, AKilledEncoderIsNoWholeFilm) {
    const auto source = folder_.path() / "killed.mp4";
    std::filesystem::copy_file(clip("film.mp4"), source);
    Killer killer(source);
    const auto end = run_to_end(transcoder_.run(whole_run(source, plan_of("film.mp4")), killer));
    EXPECT_EQ(reason(end), "transcode_failed");
    EXPECT_NE(end.error().message.find("signal 9"), std::string::npos) << end.error().message;
    EXPECT_GE(killer.segments, 1);
}

TEST_F(EncoderRunTest, WhatTheListenerRefusesEndsTheRun) {
    MadeFilm film;
    film.stop_after = 1;
    const auto end =
        run_to_end(transcoder_.run(whole_run(clip("film.mp4"), plan_of("film.mp4")), film));
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().message, "the test has enough");
}

TEST_F(EncoderRunTest, ACancelledRunLeavesNothingRunning) {
    const auto source = folder_.path() / "cancelled.mp4";
    std::filesystem::copy_file(clip("film.mp4"), source);
    MadeFilm film;
    std::optional<Error> error;
    auto run = whole_run(source, plan_of("film.mp4"));
    run.plan.preset = "veryslow";
    net::io_context context(1);
    TaskGroup group(context.get_executor(), [](const auto&, const auto&) { FAIL(); });
    group.spawn("run", make_until_cancelled(transcoder_, std::move(run), film, error));
    net::co_spawn(context, cancel_after(300ms, group), net::detached);
    context.run_for(20s);
    EXPECT_EQ(group.size(), 0u);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Cancelled);
    EXPECT_TRUE(readers_of(source).empty());
}

}  // namespace
}  // namespace syncwatch::ffmpeg
