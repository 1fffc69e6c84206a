#pragma once
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "domain/transcode/plan_text.h"
#include "harness/noted_runs.h"
#include "harness/temp_folder.h"
#include "harness/transcode_world.h"
#include "services/transcoding/film_restorer.h"

namespace syncwatch {

/// Makes objects of a world's films again, into `blobs`, and times it.
class TimedRestorer {
public:
    TimedRestorer(TranscodeWorld& world, BlobStore& blobs)
        : world_(world),
          transcoder_(*world.transcoder),
          maker_({*world.store, *world.store, blobs, transcoder_, world.bus, world.clock, tally_},
                 world.context.get_executor()) {
        maker_.start();
    }
    TimedRestorer(const TimedRestorer&) = delete;
    TimedRestorer& operator=(const TimedRestorer&) = delete;
    ~TimedRestorer() {
        auto ended = net::co_spawn(world_.context, maker_.end(), net::use_future);
        EXPECT_TRUE(world_.run_until([&ended] { return is_there(ended); }));
    }
    template <class Task>
    auto run(Task task) {
        auto asked = net::co_spawn(world_.context, std::move(task), net::use_future);
        EXPECT_TRUE(
            world_.run_until([&asked] { return is_there(asked); }, std::chrono::seconds(600)));
        return asked.get();
    }
    /// Gives how long that took.
    std::chrono::milliseconds make(const std::string& key) {
        const Instant begun = world_.clock.now();
        const Result<> done = run(maker_.make_again(key, begun + std::chrono::seconds(300)));
        EXPECT_TRUE(done) << key << ": " << done.error().message;
        return std::chrono::duration_cast<std::chrono::milliseconds>(world_.clock.now() - begun);
    }

    /// What was asked of it.
    std::vector<Transcoder::Run>& runs() { return transcoder_.runs; }

private:
    template <class Future>
    static bool is_there(Future& future) {
        return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }

    TranscodeWorld& world_;
    NotedRuns transcoder_;
    ObjectTally tally_;
    FilmRestorer maker_;
};

/// 720p with sound, all of it as browsers play it, 23 MB a minute: twenty seconds again
/// and again.
inline std::filesystem::path film_of_minutes(const std::filesystem::path& folder, int minutes) {
    const std::string at = folder.string() + "/";
    const int times = 3 * minutes;
    auto file = folder / "film.mp4";
    const std::string film =
        "set -e; ffmpeg -v error -nostdin -f lavfi -i testsrc2=s=1280x720:r=24:d=20 -c:v libx264 "
        "-preset veryfast -b:v 3000k -maxrate 4000k -bufsize 8000k -g 48 -bf 2 -pix_fmt yuv420p " +
        at + "piece.mp4; ffmpeg -v error -nostdin -f lavfi -i sine=f=440:r=48000:d=20 -c:a aac " +
        "-b:a 160k " + at + "piece.aac; for i in $(seq " + std::to_string(times) + "); do cat " +
        at + "piece.aac; done > " + at + "sound.aac; ffmpeg -v error -nostdin -stream_loop " +
        std::to_string(times - 1) + " -i " + at + "piece.mp4 -i " + at +
        "sound.aac -map 0:v -map 1:a -c copy -bsf:a aac_adtstoasc -t " +
        std::to_string(60 * minutes) + " " + file.string();
    (void)output_of("bash -c '" + film + "'");
    return file;
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

/// A film whose rows are there without its objects.
struct LongFilm {
    VideoId id;
    TranscodePlan plan;
    int last = 0;  ///< Number of each stream's last segment.

    std::string copied_picture() const { return plan.pictures[0].stream; }
    std::string encoded_picture() const { return plan.pictures[1].stream; }
    /// Of its streams, in this order: both pictures, a0 that is passed on, and a1 that is encoded.
    std::vector<std::string> streams() const {
        return {encoded_picture(), copied_picture(), "a0", "a1"};
    }
};

/// Enters a file as if it had been uploaded and made, all of it but the objects: the original goes
/// into the world's own store.
inline LongFilm enter_long_film(TranscodeWorld& world, TimedRestorer& runner,
                                const std::filesystem::path& file) {
    const WallTime now = world.clock.wall();
    Video video;
    video.id = world.random.make_id<VideoId>(now);
    video.owner = world.random.make_id<UserId>(now);
    video.title = "Film";
    video.created_at = now;
    video.size = std::filesystem::file_size(file);
    Upload upload;
    upload.id = world.random.make_id<UploadId>(now);
    upload.video = video.id;
    upload.owner = video.owner;
    upload.length = video.size;
    upload.created_at = now;
    upload.expires_at = now + std::chrono::hours(1);
    EXPECT_TRUE(run_to_end(world.store->add_upload(upload, video, 100)));
    EXPECT_TRUE(run_to_end(world.files->adopt_file(source_key(video.id), file)));
    const auto job = world.random.make_id<JobId>(now);
    EXPECT_TRUE(
        run_to_end(world.store->complete_upload(upload.id, video.size, std::nullopt, job, now)));

    const auto source = run_to_end(world.blobs->local_path(source_key(video.id))).value();
    PlanSettings settings;
    settings.preset = "veryfast";
    LongFilm film;
    film.id = video.id;
    TranscodePlan& plan = film.plan;
    plan = make_plan(runner.run(world.transcoder->probe(source)).value(), settings);
    // A second track that is encoded, because all that there is can be passed on.
    SoundStream second = plan.sounds.front();
    second.stream = "a1";
    second.copy = false;
    second.bits_per_second = 160'000;
    plan.sounds.push_back(second);
    EXPECT_TRUE(plan.pictures.front().copy);
    EXPECT_TRUE(plan.sounds.front().copy);
    Transcoder::Run passed_on;
    passed_on.plan = plan;
    passed_on.source = source;
    passed_on.streams = {film.copied_picture(), "a0"};
    Rows rows;
    EXPECT_TRUE(runner.run(world.transcoder->run(std::move(passed_on), rows)));
    film.last = static_cast<int>(plan.duration / plan.segment_start(1)) - 1;
    for (int i = 0; i <= film.last; ++i) {
        Segment row;
        row.number = i;
        row.size = 1;
        row.stream = film.encoded_picture();
        row.duration = plan.segment_start(i + 1) - plan.segment_start(i);
        rows.rows.push_back(row);
        row.stream = "a1";
        const auto frames = [&](int number) {
            const std::int64_t samples = plan.segment_start(number).count() * 48 / 1000;
            const std::int64_t whole = (samples + 1023) / 1024 * 1024;
            return std::chrono::microseconds(
                std::llround(static_cast<double>(whole) * 1e6 / 48'000));
        };
        row.duration = frames(i + 1) - frames(i);
        rows.rows.push_back(row);
    }
    const auto claimed =
        run_to_end(world.store->claim("test", now, std::chrono::seconds(3600))).value().value();
    JobStep step;
    step.facts = JobStep::Facts{std::chrono::duration<double>(plan.duration), 1280, 720, 24};
    step.checkpoint = plan_text(plan);
    step.renditions.emplace();
    step.audio_tracks.emplace();
    EXPECT_TRUE(run_to_end(world.store->advance(claimed.lease(), step, now)));
    JobStep more;
    more.segments = rows.rows;
    EXPECT_TRUE(run_to_end(world.store->advance(claimed.lease(), more, now)));
    return film;
}

}  // namespace syncwatch
