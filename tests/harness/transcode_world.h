#pragma once
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "adapters/ffmpeg/ffmpeg_transcoder.h"
#include "adapters/filesystem/file_blob_store.h"
#include "adapters/memory/memory_bus.h"
#include "adapters/sql_media/sql_media_store.h"
#include "adapters/sqlite/database.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "base/async/run_to_end.h"
#include "domain/media/media_keys.h"
#include "harness/contents_of.h"
#include "harness/made_film.h"
#include "ports/topics.h"
#include "services/objects/passing_store.h"
#include "services/transcoding/transcode_worker.h"

namespace syncwatch {

/// A store that refuses to take anything while `full`, as a disk does, and that can be slow.
class MoodyBlobs final : public PassingStore {
public:
    using PassingStore::PassingStore;

    Async<StoredBlob> put(std::string key, std::string bytes) override {
        if (pause > std::chrono::milliseconds(0)) {
            net::steady_timer timer(co_await net::this_coro::executor, pause);
            co_await timer.async_wait(net::use_awaitable);
        }
        if (full) {
            ++refused;
            co_return fail_unavailable("objects", "no space left", std::chrono::seconds(1));
        }
        co_return co_await PassingStore::put(std::move(key), std::move(bytes));
    }
    Async<std::uint64_t> free_bytes() override {
        if (full) co_return std::uint64_t{0};
        co_return co_await PassingStore::free_bytes();
    }

    std::atomic<bool> full{false};
    std::atomic<int> refused{0};
    std::chrono::milliseconds pause{0};  ///< Before each object is taken.
};

/// The real worker with the real ffmpeg over a real database and a real folder of objects. Several
/// may stand on one folder, one after the other or at once.
class TranscodeWorld {
public:
    explicit TranscodeWorld(const std::filesystem::path& folder,
                            TranscodeWorker::Options options = quick(),
                            const std::string& ffmpeg = "ffmpeg",
                            const TranscodeWorld* beside = nullptr)
        : options_(std::move(options)) {
        std::filesystem::create_directories(folder);
        sqlite::Database::Options database_options;
        database_options.path = folder / "test.db";
        database = sqlite::Database::open(std::move(database_options)).value();
        store = std::make_unique<sql::SqlMediaStore>(*database);
        // A folder of objects has one writer.
        if (beside == nullptr) {
            files = filesystem::FileBlobStore::open(folder / "objects", pool).value();
        }
        blobs = std::make_unique<MoodyBlobs>(beside == nullptr ? *files : *beside->files);
        ffmpeg::FfmpegTranscoder::Options transcoder_options;
        transcoder_options.scratch = folder / ("scratch-" + options_.name);
        transcoder_options.ffmpeg = ffmpeg;
        transcoder = std::make_unique<ffmpeg::FfmpegTranscoder>(transcoder_options);
    }
    TranscodeWorld(const TranscodeWorld&) = delete;
    TranscodeWorld& operator=(const TranscodeWorld&) = delete;
    ~TranscodeWorld() { stop(); }

    static TranscodeWorker::Options quick() {
        TranscodeWorker::Options made;
        made.poll = std::chrono::milliseconds(100);
        made.job.recorder.look_again = std::chrono::milliseconds(50);
        made.job.patience.first_wait = std::chrono::seconds(0);
        made.job.patience.resource_wait = std::chrono::seconds(0);
        return made;
    }

    /// As if somebody had uploaded it.
    VideoId upload(const std::filesystem::path& file) {
        const WallTime now = clock.wall();
        Video video;
        video.id = random.make_id<VideoId>(now);
        video.owner = random.make_id<UserId>(now);
        video.title = "Film";
        video.created_at = now;
        video.size = std::filesystem::file_size(file);
        Upload upload;
        upload.id = random.make_id<UploadId>(now);
        upload.video = video.id;
        upload.owner = video.owner;
        upload.length = video.size;
        upload.created_at = now;
        upload.expires_at = now + std::chrono::hours(1);
        EXPECT_TRUE(run_to_end(store->add_upload(upload, video, 100)));
        EXPECT_TRUE(run_to_end(blobs->put(source_key(video.id), contents_of(file))));
        const auto job = random.make_id<JobId>(now);
        EXPECT_TRUE(
            run_to_end(store->complete_upload(upload.id, video.size, std::nullopt, job, now)));
        bus.publish(topics::kVideoChanged, video.id.text());
        return video.id;
    }

    void start() {
        auto made = [this] {
            return std::make_unique<TranscodeWorker>(
                TranscodeWorker::Powers{*store, *store, *store, *blobs, *transcoder, bus, clock},
                options_, context.get_executor());
        };
        worker = made();
        tasks = std::make_unique<TaskGroup>(
            context.get_executor(),
            [](const auto& task, const auto& what) { ADD_FAILURE() << task << ": " << what; });
        tasks->spawn("worker", worker->run());
    }
    /// As SIGTERM: in order.
    void stop() {
        if (!tasks) return;
        tasks->cancel();
        EXPECT_TRUE(run_until([this] { return tasks->size() == 0; }, std::chrono::seconds(20)));
        tasks.reset();
        worker.reset();
    }
    bool run_until(const std::function<bool()>& enough,
                   std::chrono::seconds patience = std::chrono::seconds(120)) {
        const Instant deadline = clock.now() + patience;
        while (!enough()) {
            if (clock.now() > deadline) return false;
            context.restart();
            context.run_for(std::chrono::milliseconds(20));
        }
        return true;
    }
    Video video(VideoId id) { return run_to_end(store->find(id)).value(); }
    /// Runs until it is ready or has failed.
    Video settled(VideoId id) {
        run_until([&] {
            const VideoStatus status = video(id).status;
            return status == VideoStatus::Ready || status == VideoStatus::Failed;
        });
        return video(id);
    }
    /// Runs until it can be watched so far.
    bool played_until(VideoId id, double seconds) {
        return run_until([&] { return video(id).playable_until.count() >= seconds; });
    }

    std::string object(const std::string& key) {
        const auto path = run_to_end(blobs->local_path(key));
        return path ? contents_of(*path) : std::string();
    }
    /// A stream as players put it together, from its rows and objects.
    MadeStream stream(VideoId id, const std::string& name) {
        const Video film = video(id);
        MadeStream made;
        std::chrono::microseconds at{};
        const auto segments = run_to_end(store->segments(id)).value();
        for (const Segment& each : segments) {
            if (each.stream != name) continue;
            EXPECT_EQ(each.init, 0);
            MadeSegment segment;
            segment.number = each.number;
            segment.start = at;
            at += each.duration;
            segment.end = at;
            segment.bytes = object(segment_key(id, film.edition, name, each.number));
            EXPECT_EQ(segment.bytes.size(), each.size);
            made.segments.push_back(std::move(segment));
        }
        made.init = object(init_key(id, film.edition, name, 0));
        return made;
    }
    /// Every object of the film but the original, by key.
    std::vector<std::string> keys(VideoId id) {
        auto all = run_to_end(blobs->list(video_prefix(id))).value();
        std::erase(all, source_key(id));
        return all;
    }

    SystemClock clock;
    SystemRandom random;
    MemoryBus bus;
    net::thread_pool pool{2};
    net::io_context context{1};
    std::unique_ptr<sqlite::Database> database;
    std::unique_ptr<sql::SqlMediaStore> store;
    std::unique_ptr<filesystem::FileBlobStore> files;
    std::unique_ptr<MoodyBlobs> blobs;
    std::unique_ptr<ffmpeg::FfmpegTranscoder> transcoder;
    std::unique_ptr<TranscodeWorker> worker;
    std::unique_ptr<TaskGroup> tasks;

private:
    const TranscodeWorker::Options options_;
};

}  // namespace syncwatch
