#pragma once
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "domain/media/media_keys.h"
#include "harness/seeded_random.h"
#include "ports/job_store.h"
#include "ports/object_ledger.h"
#include "ports/upload_store.h"
#include "ports/video_store.h"

namespace syncwatch {

/// What the contracts of VideoStore, UploadStore, JobStore and ObjectLedger share, all four over
/// one database. `Made` is default-constructible, empty at first, and has `VideoStore& videos()`,
/// `UploadStore& uploads()`, `JobStore& jobs()`, `ObjectLedger& ledger()`, and
/// `add_account(UserId)`, `remove_account(UserId)`.
template <class Made>
class MediaFixture : public testing::Test {
protected:
    static constexpr WallTime kNow = from_micros(1'790'000'000'000'000);
    static constexpr std::chrono::minutes kMinute{1};
    static constexpr std::size_t kMostUploads = 3;

    UserId account() {
        const auto id = random_.template make_id<UserId>(kNow);
        made_.add_account(id);
        return id;
    }
    Video video(UserId owner, WallTime created_at = kNow) {
        Video made;
        made.id = random_.template make_id<VideoId>(created_at);
        made.owner = owner;
        made.title = "Film";
        made.created_at = created_at;
        made.size = 1000;
        return made;
    }
    Upload upload(const Video& video) {
        Upload made;
        made.id = random_.template make_id<UploadId>(video.created_at);
        made.video = video.id;
        made.owner = video.owner;
        made.length = video.size;
        made.metadata = "filename RmlsbS5ta3Y=";
        made.created_at = video.created_at;
        made.expires_at = video.created_at + std::chrono::hours(24);
        return made;
    }
    Upload uploading(UserId owner, WallTime created_at = kNow) {
        const Video film = video(owner, created_at);
        const Upload made = upload(film);
        EXPECT_TRUE(run_to_end(uploads().add_upload(made, film, kMostUploads)));
        return made;
    }
    /// A video whose upload is complete: in Probing, with a job.
    VideoId probing(UserId owner, WallTime created_at = kNow) {
        const Upload made = uploading(owner, created_at);
        const auto job = random_.template make_id<JobId>(created_at);
        EXPECT_TRUE(
            run_to_end(uploads().complete_upload(made.id, 1000, std::nullopt, job, created_at)));
        return made.video;
    }
    Job claimed(WallTime now = kNow) {
        auto job = run_to_end(jobs().claim("worker", now, std::chrono::seconds(60)));
        EXPECT_TRUE(job && *job);
        return *job.value();
    }
    Video found(VideoId id) { return run_to_end(videos().find(id)).value(); }
    Result<> advance(const Job& job, JobStep step) {
        return run_to_end(jobs().advance(job.lease(), std::move(step), kNow));
    }
    std::vector<std::string> doomed() { return run_to_end(ledger().doomed(100)).value(); }

    static StoredBlob object(std::string key, std::uint8_t mark = 7) {
        StoredBlob made;
        made.key = std::move(key);
        made.size = 100;
        made.sha256.fill(mark);
        return made;
    }
    static Segment segment(std::string stream, int number, std::int64_t micros = 2'000'000) {
        Segment made;
        made.stream = std::move(stream);
        made.number = number;
        made.duration = std::chrono::microseconds(micros);
        made.size = 1234;
        return made;
    }
    /// Two rungs, a sound track, embedded subtitles.
    static JobStep planned() {
        JobStep step;
        step.facts = JobStep::Facts{MediaTime(60.5), 1920, 1080, 23.976};
        step.renditions = std::vector<Rendition>{
            {"v1080", "1080p", 1920, 1080, 23.976, 5'000'000, "avc1.640028", false},
            {"v720", "720p", 1280, 720, 23.976, 2'800'000, "avc1.64001f", true}};
        step.audio_tracks =
            std::vector<AudioTrack>{{"a0", 0, "en", "Commentary", 2, true, 128'000, "mp4a.40.2"}};
        SubtitleTrack embedded;
        embedded.id = "s0";
        embedded.language = "de";
        step.subtitles.push_back(embedded);
        step.checkpoint = "the plan";
        return step;
    }

    VideoStore& videos() { return made_.videos(); }
    UploadStore& uploads() { return made_.uploads(); }
    JobStore& jobs() { return made_.jobs(); }
    ObjectLedger& ledger() { return made_.ledger(); }

    Made made_;
    SeededRandom random_;
};

}  // namespace syncwatch
