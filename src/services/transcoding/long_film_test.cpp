// What is made again of films that are too long to be read from their start while somebody waits.
#include <algorithm>
#include <cstdlib>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "domain/transcode/plan_text.h"
#include "harness/clips.h"
#include "harness/noted_runs.h"
#include "harness/temp_folder.h"
#include "harness/transcode_world.h"
#include "services/transcoding/film_restorer.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

std::string quoted(const std::filesystem::path& path) {
    return "'" + path.string() + "'";
}

class LongFilmTest : public testing::Test {
protected:
    void SetUp() override { maker_.start(); }
    void TearDown() override {
        auto ended = net::co_spawn(world_.context, maker_.end(), net::use_future);
        EXPECT_TRUE(world_.run_until([&ended] { return is_there(ended); }));
    }
    template <class Future>
    static bool is_there(Future& future) {
        return future.wait_for(0s) == std::future_status::ready;
    }
    template <class Task>
    auto run(Task task) {
        auto asked = net::co_spawn(world_.context, std::move(task), net::use_future);
        EXPECT_TRUE(world_.run_until([&asked] { return is_there(asked); }, 600s));
        return asked.get();
    }
    /// Makes it again; gives how long that took.
    std::chrono::milliseconds make(const std::string& key) {
        const Instant begun = world_.clock.now();
        const Result<> done = run(maker_.make_again(key, begun + 300s));
        EXPECT_TRUE(done) << key << ": " << done.error().message;
        return std::chrono::duration_cast<std::chrono::milliseconds>(world_.clock.now() - begun);
    }
    std::filesystem::path looped(const std::string& name, const std::string& as, int times) {
        const auto file = folder_.path() / as;
        (void)output_of("ffmpeg -v error -nostdin -y -stream_loop " + std::to_string(times - 1) +
                        " -i " + quoted(clip(name)) + " -c copy " + quoted(file));
        return file;
    }

    /// 720p with sound, all of it as browsers play it; a minute again and again.
    std::filesystem::path film_of_two_hours() {
        const std::string at = folder_.path().string() + "/";
        const auto file = folder_.path() / "film.mp4";
        const std::string film =
            "set -e; ffmpeg -v error -nostdin -f lavfi -i testsrc2=s=1280x720:r=24:d=60 -c:v "
            "libx264 -preset veryfast -b:v 3000k -maxrate 4000k -bufsize 8000k -g 48 -bf 2 "
            "-pix_fmt yuv420p " +
            at +
            "minute.mp4; "
            "ffmpeg -v error -nostdin -f lavfi -i sine=f=440:r=48000:d=60 -c:a aac -b:a 160k " +
            at + "minute.aac; for i in $(seq 120); do cat " + at + "minute.aac; done > " + at +
            "sound.aac; ffmpeg -v error -nostdin -stream_loop 119 -i " + at + "minute.mp4 -i " +
            at + "sound.aac -map 0:v -map 1:a -c copy -bsf:a aac_adtstoasc -t 7200 " +
            file.string();
        (void)output_of("bash -c '" + film + "'");
        return file;
    }

    TempFolder folder_;
    TranscodeWorld world_{folder_.path() / "world"};
    NotedRuns transcoder_{*world_.transcoder};
    ObjectTally tally_;
    FilmRestorer maker_{{*world_.store, *world_.store, *world_.blobs, transcoder_, world_.bus,
                         world_.clock, tally_},
                        world_.context.get_executor()};
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
            transcoder_.runs.clear();
            make(key);
            EXPECT_TRUE(world_.object(key) == bytes);
            ASSERT_EQ(transcoder_.runs.size(), 1u) << "at once";
            EXPECT_EQ(transcoder_.runs[0].first_segment, piece.is_init ? 0 : piece.number);
        }
    }
}

/// Notes the rows of what is passed on, and keeps nothing.
class Rows final : public TranscodeListener {
public:
    Async<> on_init(std::string stream, MadeInit init) override {
        inits[stream] = std::move(init.bytes);
        co_return Result<>();
    }
    Async<> on_segment(std::string stream, MadeSegment made) override {
        Segment row;
        row.stream = std::move(stream);
        row.number = made.number;
        row.duration = made.end - made.start;
        row.size = made.bytes.size();
        rows.push_back(std::move(row));
        co_return Result<>();
    }
    void on_progress(TranscodeProgress) override {}

    std::map<std::string, std::string> inits;
    std::vector<Segment> rows;
};

/// Two hours at 720p, 2.8 GB, whose rows are there without its objects.
TEST_F(LongFilmTest, ALateSegmentOfTwoHoursIsThereWhileAPlayerWaits) {
    const char* const long_tests = std::getenv("SYNCWATCH_LONG_TESTS");
    if (long_tests == nullptr || std::string(long_tests) != "yes") GTEST_SKIP() << "--long";
    const auto file = film_of_two_hours();
    const WallTime now = world_.clock.wall();
    Video video;
    video.id = world_.random.make_id<VideoId>(now);
    video.owner = world_.random.make_id<UserId>(now);
    video.title = "Film";
    video.created_at = now;
    video.size = std::filesystem::file_size(file);
    Upload upload;
    upload.id = world_.random.make_id<UploadId>(now);
    upload.video = video.id;
    upload.owner = video.owner;
    upload.length = video.size;
    upload.created_at = now;
    upload.expires_at = now + 1h;
    ASSERT_TRUE(run_to_end(world_.store->add_upload(upload, video, 100)));
    ASSERT_TRUE(run_to_end(world_.files->adopt_file(source_key(video.id), file)));
    const auto job = world_.random.make_id<JobId>(now);
    ASSERT_TRUE(
        run_to_end(world_.store->complete_upload(upload.id, video.size, std::nullopt, job, now)));

    const auto source = run_to_end(world_.blobs->local_path(source_key(video.id))).value();
    PlanSettings settings;
    settings.preset = "veryfast";
    TranscodePlan plan = make_plan(run(world_.transcoder->probe(source)).value(), settings);
    // A second track that is encoded, because all that there is can be passed on.
    SoundStream second = plan.sounds.front();
    second.stream = "a1";
    second.copy = false;
    second.bits_per_second = 160'000;
    plan.sounds.push_back(second);
    ASSERT_TRUE(plan.pictures.front().copy);
    ASSERT_TRUE(plan.sounds.front().copy);
    const std::string top = plan.pictures[0].stream;
    const std::string low = plan.pictures[1].stream;
    Transcoder::Run passed_on;
    passed_on.plan = plan;
    passed_on.source = source;
    passed_on.streams = {top, "a0"};
    Rows rows;
    ASSERT_TRUE(run(world_.transcoder->run(std::move(passed_on), rows)));
    const int last = static_cast<int>(plan.duration / plan.segment_start(1)) - 1;
    for (int i = 0; i <= last; ++i) {
        Segment row;
        row.number = i;
        row.size = 1;
        row.stream = low;
        row.duration = plan.segment_start(i + 1) - plan.segment_start(i);
        rows.rows.push_back(row);
        row.stream = "a1";
        const auto frames = [&](int number) {
            const std::int64_t samples = plan.segment_start(number).count() * 48 / 1000;
            const std::int64_t whole = (samples + 1023) / 1024 * 1024;
            return microseconds(std::llround(static_cast<double>(whole) * 1e6 / 48'000));
        };
        row.duration = frames(i + 1) - frames(i);
        rows.rows.push_back(row);
    }
    const auto claimed = run_to_end(world_.store->claim("test", now, 3600s)).value().value();
    JobStep step;
    step.facts = JobStep::Facts{std::chrono::duration<double>(plan.duration), 1280, 720, 24};
    step.checkpoint = plan_text(plan);
    step.renditions.emplace();
    step.audio_tracks.emplace();
    ASSERT_TRUE(run_to_end(world_.store->advance(claimed.lease(), step, now)));
    JobStep more;
    more.segments = rows.rows;
    ASSERT_TRUE(run_to_end(world_.store->advance(claimed.lease(), more, now)));

    for (const std::string& stream : {low, top, std::string("a0"), std::string("a1")}) {
        for (const int number : {last / 2, last - 1}) {
            const auto took = make(segment_key(video.id, 1, stream, number));
            std::printf("%s %d: %d ms\n", stream.c_str(), number, static_cast<int>(took.count()));
            std::fflush(stdout);
            EXPECT_LT(took, 15s) << stream;
        }
    }
}

}  // namespace
}  // namespace syncwatch
