#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/filesystem/file_blob_store.h"
#include "adapters/filesystem/file_uploads.h"
#include "adapters/sql_media/sql_media_store.h"
#include "domain/media/media_keys.h"
#include "harness/account_world.h"
#include "harness/contents_of.h"
#include "services/media/reels.h"
#include "services/media/upload_service.h"
#include "services/media/video_library.h"

namespace syncwatch {

/// What a test saw being put on rooms' queues, or the refusal that it wants.
class SaidShelf final : public RoomShelf {
public:
    struct Entry {
        UserId who;
        RoomCode room;
        VideoId video;
    };
    std::vector<Entry> entries;
    std::optional<Error> refusal;

    Async<> put(Principal who, RoomCode room, VideoId video) override {
        if (refusal) co_return fail(*refusal);
        entries.push_back({who.user, room, video});
        co_return Result<>();
    }
};

/// A body that arrives in pieces and may end in an error.
class SaidSource final : public ByteSource {
public:
    explicit SaidSource(std::string whole) { pieces.push_back(std::move(whole)); }
    explicit SaidSource(std::deque<std::string> in_pieces) : pieces(std::move(in_pieces)) {}

    Async<std::size_t> read_some(std::span<char> buffer) override {
        while (!pieces.empty() && pieces.front().empty()) pieces.pop_front();
        if (pieces.empty() && fault) co_return fail(*fault);
        if (pieces.empty()) co_return std::size_t{0};
        std::string& piece = pieces.front();
        const std::size_t count = std::min(buffer.size(), piece.size());
        std::copy_n(piece.begin(), count, buffer.begin());
        piece.erase(0, count);
        if (between) between();
        co_return count;
    }

    std::deque<std::string> pieces;
    std::optional<Error> fault;     ///< Instead of the end.
    std::function<void()> between;  ///< Called behind every piece.
};

/// The real services of films over a real database and a real disk; time, chance and rooms are the
/// test's.
class MediaWorld : public AccountWorld {
public:
    explicit MediaWorld(UploadService::Options options = usual_options())
        : upload_options(options) {
        restart_media();
    }

    static UploadService::Options usual_options() {
        UploadService::Options options;
        options.max_bytes = 64 << 20;
        options.most_unfinished = 3;
        options.spare_bytes = 0;
        return options;
    }

    /// As after kill -9: the same database, the same disk, nothing in memory.
    void restart_media() {
        library.reset();
        uploads.reset();
        files.reset();
        blobs.reset();
        blobs = filesystem::FileBlobStore::open(disk() / "objects", pool).value();
        files = filesystem::FileUploads::open(disk() / "uploads", pool, "boot").value();
        uploads = std::make_unique<UploadService>(
            UploadService::Powers{media, *files, *blobs, shelf, bus, clock, random},
            upload_options);
        library = std::make_unique<VideoLibrary>(
            VideoLibrary::Powers{media, media, media, *blobs, *uploads, links, audit, bus, clock,
                                 random, pool},
            library_options);
    }
    std::filesystem::path disk() const { return other_disk.empty() ? folder.path() : other_disk; }

    Principal account(std::string name) { return who(register_as(std::move(name))->token).value(); }
    Principal guest(std::string name) {
        return who(run_to_end(service->guest(std::move(name)))->token).value();
    }
    Result<UploadService::State> upload(const Principal& owner, std::optional<std::uint64_t> length,
                                        std::string filename = "Film.mkv") {
        UploadService::NewUpload wanted;
        wanted.length = length;
        wanted.filename = std::move(filename);
        return run_to_end(uploads->create(owner, std::move(wanted)));
    }
    Result<UploadService::State> receive(const Principal& owner, UploadId id, std::uint64_t offset,
                                         SaidSource source) {
        UploadService::Part part;
        part.offset = offset;
        return run_to_end(uploads->receive(owner, id, std::move(part), &source));
    }
    Result<UploadService::State> receive(const Principal& owner, UploadId id, std::uint64_t offset,
                                         std::string bytes) {
        return receive(owner, id, offset, SaidSource(std::move(bytes)));
    }
    /// A whole film, uploaded: in Probing.
    VideoId film(const Principal& owner, std::string bytes = "film",
                 std::string name = "Film.mkv") {
        const auto made = upload(owner, bytes.size(), std::move(name)).value();
        EXPECT_TRUE(receive(owner, made.upload.id, 0, std::move(bytes)));
        return made.upload.video;
    }
    /// What a worker would do: everything about a film of `seconds`, in segments of two seconds, up
    /// to and including segment `until`; Ready when that is the last.
    void transcode(VideoId id, int seconds = 10, int until = 1000) {
        const Job job =
            *run_to_end(media.claim("test", clock.wall(), std::chrono::hours(1))).value();
        ASSERT_EQ(job.video, id);
        advance(job, plan(seconds));
        const int count = (seconds + 1) / 2;
        for (int number = 0; number < count && number <= until; ++number) add_segments(job, number);
        if (until < count) return;
        ASSERT_TRUE(run_to_end(media.finish(job.lease(), pictures(job.video), clock.wall())));
        bus.publish("video/changed", id.text());
        deliver();
    }
    static JobStep plan(int seconds) {
        JobStep step;
        step.facts = JobStep::Facts{MediaTime(seconds), 1280, 720, 24};
        step.renditions =
            std::vector<Rendition>{{"v720", "720p", 1280, 720, 24, 2'800'000, "avc1.64001f", false},
                                   {"v480", "480p", 854, 480, 24, 1'200'000, "avc1.64001e", false}};
        step.audio_tracks =
            std::vector<AudioTrack>{{"a0", 0, "en", "English", 2, true, 128'000, "mp4a.40.2"}};
        return step;
    }
    void advance(const Job& job, JobStep step) {
        ASSERT_TRUE(run_to_end(media.advance(job.lease(), std::move(step), clock.wall())));
        bus.publish("video/changed", job.video.text());
        deliver();
    }
    void add_segments(const Job& job, int number) {
        JobStep step;
        for (const char* stream : {"v720", "v480", "a0"}) {
            const std::string content = fmt::format("{} {}", stream, number);
            if (number == 0) put(step, init_key(job.video, 1, stream, 0), std::string("init"));
            put(step, segment_key(job.video, 1, stream, number), content);
            step.segments.push_back(
                {stream, number, std::chrono::microseconds(2'000'000), content.size(), 0});
        }
        step.progress = JobStep::Progress{0.5, MediaTime(2 * (number + 1)), std::nullopt};
        advance(job, std::move(step));
    }
    JobStep pictures(VideoId id) {
        JobStep step;
        put(step, picture_key(id, 1, "poster.jpg"), std::string("a picture"));
        put(step, picture_key(id, 1, "sprite.vtt"), std::string("WEBVTT\n"));
        put(step, picture_key(id, 1, "sprite-0.jpg"), std::string("many pictures"));
        step.has_poster = true;
        step.has_sprite = true;
        return step;
    }
    void put(JobStep& step, const std::string& key, std::string bytes) {
        step.objects.push_back(run_to_end(blobs->put(key, std::move(bytes))).value());
    }

    Video video(VideoId id) { return run_to_end(media.find(id)).value(); }
    std::uint64_t offset(const Principal& owner, UploadId id) {
        return run_to_end(uploads->state(owner, id)).value().offset;
    }
    std::string object(const std::string& key) {
        const auto path = run_to_end(blobs->local_path(key));
        if (!path) return "no: " + path.error().message;
        return contents_of(*path);
    }

    UploadService::Options upload_options;
    VideoLibrary::Options library_options;
    TempFolder folder;
    std::filesystem::path other_disk;  ///< Set, then restart_media(): where things are kept.
    net::thread_pool pool{2};
    sql::SqlMediaStore media{database.get()};
    SaidShelf shelf;
    MediaLinks links{KeyStore::Key{1, 2, 3}};
    std::unique_ptr<filesystem::FileBlobStore> blobs;
    std::unique_ptr<filesystem::FileUploads> files;
    std::unique_ptr<UploadService> uploads;
    std::unique_ptr<VideoLibrary> library;
};

}  // namespace syncwatch
