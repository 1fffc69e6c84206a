// Films of which only what is read comes.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "adapters/ffmpeg/read_notices.h"
#include "harness/cancel_after.h"
#include "harness/encoder_watch.h"
#include "harness/ffmpeg_world.h"
#include "harness/holed_file.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class PartialSourceTest : public FfmpegWorld {
protected:
    void SetUp() override {
        ASSERT_TRUE(ReadNotices::are_possible()) << "this kernel tells nobody of a child's reads";
    }
    /// The clip many times over, in the container that `as` names.
    fs::path looped(const std::string& name, const std::string& as, int times) {
        const auto file = folder_.path() / as;
        (void)output_of("ffmpeg -v error -nostdin -y -stream_loop " + std::to_string(times - 1) +
                        " -i '" + clip(name).string() + "' -c copy '" + file.string() + "'");
        return file;
    }
    Result<MadeFilm> made(Transcoder::Run run) {
        MadeFilm film;
        const auto ended = run_to_end(transcoder_.run(std::move(run), film));
        if (!ended) return fail(ended.error());
        return film;
    }
};

/// A segment in the middle of a film, of the lowest rung.
Transcoder::Run late_segment(const TranscodePlan& plan, SourceFile source, int number) {
    Transcoder::Run run;
    run.plan = plan;
    run.source = std::move(source);
    run.streams = {plan.pictures.back().stream};
    run.first_segment = number;
    run.last_segment = number + 1;
    return run;
}

TEST_F(PartialSourceTest, ALateSegmentIsTheSameAndLittleOfTheFileIsRead) {
    for (const char* name : {"film.mp4", "film.mkv", "film.ts"}) {
        SCOPED_TRACE(name);
        const fs::path file = looped("film.mp4", name, 40);
        PlanSettings settings;
        settings.preset = "superfast";
        const TranscodePlan plan = make_plan(run_to_end(transcoder_.probe(file)).value(), settings);
        const auto whole = made(late_segment(plan, file, 100));
        ASSERT_TRUE(whole) << whole.error().message;

        const auto holed = std::make_shared<HoledFile>(file);
        const auto partial = made(late_segment(plan, SourceFile(holed), 100));
        ASSERT_TRUE(partial) << partial.error().message;
        const std::string stream = plan.pictures.back().stream;
        const auto wanted = frames_in(whole->streams.at(stream).bytes());
        const auto frames = frames_in(partial->streams.at(stream).bytes());
        ASSERT_EQ(frames.size(), wanted.size());
        ASSERT_GT(frames.size(), 10u);
        for (std::size_t i = 0; i < frames.size(); ++i) {
            EXPECT_EQ(frames[i].number, wanted[i].number);
        }
        EXPECT_LT(holed->brought(), holed->size() / 3) << "of " << holed->size();
        EXPECT_GT(holed->brought(), 0u);
    }
}

TEST_F(PartialSourceTest, AWholeFilmAndItsPosterAreTheSame) {
    const TranscodePlan plan = plan_of("film.mp4");
    const auto whole = made(whole_run(clip("film.mp4"), plan));
    Transcoder::Run run = whole_run(clip("film.mp4"), plan);
    const auto holed = std::make_shared<HoledFile>(clip("film.mp4"));
    run.source = SourceFile(holed);
    const auto partial = made(std::move(run));
    ASSERT_TRUE(whole && partial);
    // An encoder with several threads does not make the same bytes twice.
    for (const auto& [stream, made_of_it] : whole->streams) {
        EXPECT_EQ(made_of_it.segments.size(), partial->streams.at(stream).segments.size());
    }
    EXPECT_TRUE(whole->streams.at("a0").bytes() == partial->streams.at("a0").bytes());
    const auto frames = frames_in(partial->streams.at("v480").bytes());
    ASSERT_EQ(frames.size(), 192u);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        ASSERT_EQ(frames[i].number, static_cast<int>(i));
    }

    Transcoder::Picture wanted;
    wanted.source_video = plan.source_video;
    wanted.size = {320, 180};
    wanted.at = 3s;
    const auto again = std::make_shared<HoledFile>(clip("film.mp4"));
    const auto picture = run_to_end(transcoder_.picture(SourceFile(again), wanted));
    EXPECT_EQ(picture.value(), run_to_end(transcoder_.picture(clip("film.mp4"), wanted)).value());
    EXPECT_FALSE(picture->empty());
    EXPECT_LT(again->brought(), again->size());
}

TEST_F(PartialSourceTest, AStoreThatGoesAwayIsTheStoresFaultNotTheFilms) {
    const TranscodePlan plan = plan_of("film.mp4");
    for (const std::uint64_t bytes : {0, 1, 40'000, 200'000}) {
        SCOPED_TRACE(bytes);
        Transcoder::Run run = whole_run(clip("film.mp4"), plan);
        const auto holed = std::make_shared<HoledFile>(clip("film.mp4"));
        holed->refuses_after = bytes;
        run.source = SourceFile(holed);
        const auto ended = made(std::move(run));
        ASSERT_FALSE(ended);
        EXPECT_EQ(ended.error().message, "the store is away");

        Transcoder::Picture wanted;
        wanted.source_video = plan.source_video;
        wanted.size = {320, 180};
        const auto again = std::make_shared<HoledFile>(clip("film.mp4"));
        again->refuses_after = 0;
        const auto picture = run_to_end(transcoder_.picture(SourceFile(again), wanted));
        ASSERT_FALSE(picture);
        EXPECT_EQ(picture.error().message, "the store is away");
    }
}

/// Never brings anything.
class SilentFile final : public PartialFile {
public:
    explicit SilentFile(fs::path like) : holed_(like) {}
    const fs::path& path() const override { return holed_.path(); }
    std::uint64_t size() const override { return holed_.size(); }
    Async<> bring(std::uint64_t, std::uint64_t) override {
        net::steady_timer never(co_await net::this_coro::executor);
        never.expires_at(net::steady_timer::time_point::max());
        const auto [error] = co_await never.async_wait(net::as_tuple(net::use_awaitable));
        co_return fail(ErrorCode::Cancelled, error.message());
    }

private:
    HoledFile holed_;
};

TEST_F(PartialSourceTest, WhatIsCancelledWhileItWaitsForBytesIsGone) {
    const TranscodePlan plan = plan_of("film.mp4");
    const auto silent = std::make_shared<SilentFile>(clip("film.mp4"));
    Transcoder::Run run = whole_run(clip("film.mp4"), plan);
    run.source = SourceFile(silent);
    MadeFilm film;
    std::optional<Error> error;
    net::io_context context(1);
    TaskGroup group(context.get_executor(), [](const auto&, const auto&) { FAIL(); });
    group.spawn("run", make_until_cancelled(transcoder_, std::move(run), film, error));
    net::co_spawn(context, cancel_after(200ms, group), net::detached);
    context.run_for(20s);
    EXPECT_EQ(group.size(), 0u);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Cancelled);
    EXPECT_TRUE(readers_of(silent->path()).empty());
    EXPECT_EQ(silent.use_count(), 1) << "nobody has it any more";
}

}  // namespace
}  // namespace syncwatch::ffmpeg
