// The part of SqlMediaStore that keeps jobs.
#include <utility>

#include "adapters/sql_media/media_rows.h"
#include "adapters/sql_media/sql_media_store.h"
#include "base/log/log.h"
#include "domain/media/media_keys.h"

namespace syncwatch::sql {
namespace {

#define SW_JOB_COLUMNS                                                                           \
    "j.id, j.video, j.created_at, j.attempts, j.claim, j.worker, j.leased_until, j.not_before, " \
    "j.checkpoint, j.cause"

/// Somebody waits: the film runs in a room, or was put on there lately; then those that stand in
/// the queue of such a room.
#define SW_WATCHED_FIRST                                                                \
    "CASE WHEN EXISTS (SELECT 1 FROM room_playback p"                                   \
    " WHERE p.video = j.video AND p.saved_at > ?2) THEN 0"                              \
    " WHEN EXISTS (SELECT 1 FROM queue_items q JOIN room_playback p ON p.room = q.room" \
    " WHERE q.video = j.video AND p.saved_at > ?2) THEN 1 ELSE 2 END"

/// Films of the same owner that are being prepared.
#define SW_RUNNING_OF_OWNER                                        \
    "(SELECT count(*) FROM jobs r JOIN videos w ON w.id = r.video" \
    " WHERE w.owner = v.owner AND r.leased_until > ?1)"

/// A room whose film was last seen before that has nobody who waits.
constexpr std::chrono::minutes kWatchedLately{10};

Job job_from(const Row& row) {
    Job job;
    job.id = row.id<JobId>(0);
    job.video = row.id<VideoId>(1);
    job.created_at = row.time(2);
    job.attempts = static_cast<int>(row.integer(3));
    job.claim = row.integer(4);
    job.worker = row.text(5);
    job.leased_until = row.optional_time(6);
    job.not_before = row.time(7);
    job.checkpoint = row.text(8);
    job.cause = row.text(9);
    return job;
}

Result<> record_segment(Connection& db, VideoId video, const Segment& segment) {
    const auto same = [&](const Row& row) {
        return row.integer(0) == segment.duration.count() &&
               row.integer(1) == static_cast<std::int64_t>(segment.size) &&
               row.integer(2) == segment.init;
    };
    SW_TRY(const auto known, db.query_one("SELECT duration_us, size, init FROM segments"
                                          " WHERE video = ? AND stream = ? AND number = ?",
                                          same, video, segment.stream, segment.number));
    if (known && !*known) return fail(ErrorCode::Conflict, "another segment has this number");
    if (known) return {};
    const auto count = [](const Row& row) { return row.integer(0); };
    SW_TRY(const auto next, db.query_one("SELECT coalesce(max(number), -1) + 1 FROM segments"
                                         " WHERE video = ? AND stream = ?",
                                         count, video, segment.stream));
    if (segment.number != next.value_or(0)) {
        return fail(ErrorCode::Conflict, "the segment leaves a gap");
    }
    SW_CHECK(
        db.run("INSERT INTO segments (video, stream, number, duration_us, size, init)"
               " VALUES (?, ?, ?, ?, ?, ?)",
               video, segment.stream, segment.number, std::int64_t{segment.duration.count()},
               segment.size, segment.init));
    return {};
}

Result<> replace_renditions(Connection& db, VideoId video, const std::vector<Rendition>& rungs) {
    SW_CHECK(db.run("DELETE FROM renditions WHERE video = ?", video));
    int position = 0;
    for (const Rendition& rung : rungs) {
        SW_CHECK(
            db.run("INSERT INTO renditions (video, position, stream, name, width, height,"
                   " frame_rate, bits_per_second, codecs, remuxed)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   video, position++, rung.stream, rung.name, rung.width, rung.height,
                   rung.frame_rate, rung.bits_per_second, rung.codecs, rung.remuxed));
    }
    SW_CHECK(db.run("UPDATE videos SET status = 'transcoding' WHERE id = ?", video));
    return {};
}

Result<> replace_audio(Connection& db, VideoId video, const std::vector<AudioTrack>& tracks) {
    SW_CHECK(db.run("DELETE FROM audio_tracks WHERE video = ?", video));
    for (const AudioTrack& track : tracks) {
        SW_CHECK(
            db.run("INSERT INTO audio_tracks (video, position, stream, language, title,"
                   " channels, is_default, bits_per_second, codecs)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   video, track.index, track.stream, track.language, track.title, track.channels,
                   track.is_default, track.bits_per_second, track.codecs));
    }
    return {};
}

std::optional<std::int64_t> seconds(const std::optional<std::chrono::seconds>& span) {
    if (!span) return std::nullopt;
    return span->count();
}

Result<> apply_to_video(Connection& db, VideoId video, const JobStep& step) {
    if (step.facts) {
        SW_CHECK(
            db.run("UPDATE videos SET duration = ?, width = ?, height = ?, frame_rate = ?"
                   " WHERE id = ?",
                   step.facts->duration.count(), step.facts->width, step.facts->height,
                   step.facts->frame_rate, video));
    }
    if (step.renditions) SW_CHECK(replace_renditions(db, video, *step.renditions));
    if (step.audio_tracks) SW_CHECK(replace_audio(db, video, *step.audio_tracks));
    for (const SubtitleTrack& track : step.subtitles) SW_CHECK(put_subtitle(db, video, track));
    for (const Segment& segment : step.segments) SW_CHECK(record_segment(db, video, segment));
    if (step.progress) {
        SW_CHECK(
            db.run("UPDATE videos SET progress = ?, playable_until = ?, eta_seconds = ?"
                   " WHERE id = ?",
                   step.progress->done, step.progress->playable_until.count(),
                   seconds(step.progress->eta), video));
    }
    SW_CHECK(
        db.run("UPDATE videos SET has_poster = coalesce(?, has_poster),"
               " has_sprite = coalesce(?, has_sprite) WHERE id = ?",
               step.has_poster, step.has_sprite, video));
    return {};
}

Result<VideoId> apply(Connection& db, const JobLease& lease, const JobStep& step, WallTime now) {
    SW_TRY(const VideoId video, held_video(db, lease));
    SW_CHECK(apply_to_video(db, video, step));
    for (const StoredBlob& object : step.objects) SW_CHECK(record_object(db, object, now));
    if (step.checkpoint) {
        SW_CHECK(
            db.run("UPDATE jobs SET checkpoint = ? WHERE id = ?", *step.checkpoint, lease.job));
        // The job goes when the film is ready; what it made may have to be made again.
        SW_CHECK(db.run("UPDATE videos SET plan = ? WHERE id = ?", *step.checkpoint, video));
    }
    if (!step.segments.empty()) {
        SW_CHECK(db.run("UPDATE jobs SET attempts = 1 WHERE id = ?", lease.job));
    }
    return video;
}

}  // namespace

Result<VideoId> held_video(Connection& db, const JobLease& lease) {
    SW_TRY(const auto video,
           db.query_one(
               "SELECT video FROM jobs WHERE id = ? AND claim = ?",
               [](const Row& row) { return row.id<VideoId>(0); }, lease.job, lease.claim));
    if (!video) {
        return fail(ErrorCode::Conflict, "the job is somebody else's, or gone", "lease_lost");
    }
    return *video;
}

Async<std::optional<Job>> SqlMediaStore::claim(std::string worker, WallTime now,
                                               std::chrono::seconds lease) {
    auto work = [worker = std::move(worker), now,
                 lease](Connection& db) -> Result<std::optional<Job>> {
        SW_TRY(auto job,
               db.query_one("SELECT " SW_JOB_COLUMNS
                            " FROM jobs j JOIN videos v ON v.id = j.video WHERE j.not_before <= ?1"
                            " AND v.deleted_at IS NULL"
                            " AND (j.leased_until IS NULL OR j.leased_until <= ?1)"
                            " ORDER BY " SW_WATCHED_FIRST ", " SW_RUNNING_OF_OWNER
                            ", j.created_at, j.id LIMIT 1",
                            job_from, now, WallTime(now - kWatchedLately)));
        if (!job) return std::nullopt;
        ++job->attempts;
        ++job->claim;
        job->worker = worker;
        job->leased_until = now + lease;
        SW_CHECK(
            db.run("UPDATE jobs SET attempts = ?, claim = ?, worker = ?, leased_until = ?"
                   " WHERE id = ?",
                   job->attempts, job->claim, job->worker, job->leased_until, job->id));
        return job;
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::renew(JobLease lease, WallTime until) {
    auto work = [lease, until](Connection& db) -> Result<> {
        SW_CHECK(held_video(db, lease));
        SW_CHECK(db.run("UPDATE jobs SET leased_until = ? WHERE id = ?", until, lease.job));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::advance(JobLease lease, JobStep step, WallTime now) {
    auto work = [lease, step = std::move(step), now](Connection& db) -> Result<> {
        SW_CHECK(apply(db, lease, step, now));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::finish(JobLease lease, JobStep step, WallTime now) {
    auto work = [lease, step = std::move(step), now](Connection& db) -> Result<> {
        SW_TRY(const VideoId video, apply(db, lease, step, now));
        SW_CHECK(
            db.run("UPDATE videos SET status = 'ready', progress = 1, eta_seconds = NULL,"
                   " playable_until = duration WHERE id = ?",
                   video));
        SW_CHECK(db.run("DELETE FROM jobs WHERE id = ?", lease.job));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::fail_job(JobLease lease, VideoError error, Original original) {
    auto work = [lease, error = std::move(error), original](Connection& db) -> Result<> {
        SW_TRY(const VideoId video, held_video(db, lease));
        SW_CHECK(fail_video(db, video, error));
        if (original == Original::Keep) return {};
        SW_CHECK(db.run("UPDATE videos SET original_kept = FALSE WHERE id = ?", video));
        return doom(db, source_prefix(video));
    };
    co_return co_await database_.write(std::move(work));
}

// The claim moves on, so that the lease is over at once.
Async<> SqlMediaStore::retry_later(JobLease lease, WallTime not_before) {
    auto work = [lease, not_before](Connection& db) -> Result<> {
        SW_CHECK(held_video(db, lease));
        SW_CHECK(
            db.run("UPDATE jobs SET worker = '', leased_until = NULL, claim = claim + 1,"
                   " not_before = ? WHERE id = ?",
                   not_before, lease.job));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::release(JobLease lease, WallTime not_before) {
    auto work = [lease, not_before](Connection& db) -> Result<> {
        SW_CHECK(held_video(db, lease));
        SW_CHECK(
            db.run("UPDATE jobs SET worker = '', leased_until = NULL, claim = claim + 1,"
                   " attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END,"
                   " not_before = CASE WHEN not_before > ?1 THEN not_before ELSE ?1 END"
                   " WHERE id = ?2",
                   not_before, lease.job));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

// A server that was killed in the middle of a job did not fail at it, but a job that kills its
// server must not do so for ever: the attempt counts.
Async<> SqlMediaStore::reclaim(std::string worker) {
    auto work = [worker = std::move(worker)](Connection& db) -> Result<> {
        SW_CHECK(
            db.run("UPDATE jobs SET worker = '', leased_until = NULL, claim = claim + 1"
                   " WHERE worker = ?",
                   worker));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::retry(VideoId video, JobId job, WallTime now) {
    std::string cause(log::current_request());
    auto work = [video, job, cause = std::move(cause), now](Connection& db) -> Result<> {
        SW_TRY(const Video found, load_video(db, video));
        if (found.status != VideoStatus::Failed) {
            return fail(ErrorCode::Conflict, "the video did not fail", "not_failed");
        }
        if (!found.original_kept) {
            return fail(ErrorCode::Conflict, "the original is gone", "original_gone");
        }
        SW_CHECK(
            db.run("UPDATE videos SET status = 'probing', error_code = NULL,"
                   " error_message = NULL, edition = edition + 1 WHERE id = ?",
                   video));
        return insert_job(db, job, video, cause, now);
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::cancel(VideoId video) {
    auto work = [video](Connection& db) -> Result<> {
        SW_TRY(const Video found, load_video(db, video));
        if (found.status != VideoStatus::Probing && found.status != VideoStatus::Transcoding) {
            return fail(ErrorCode::Conflict, "there is nothing under way", "nothing_to_cancel");
        }
        return fail_video(db, video, {"cancelled", "Preparing this film was cancelled."});
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<Job>> SqlMediaStore::jobs() {
    auto work = [](Connection& db) {
        return db.query("SELECT " SW_JOB_COLUMNS
                        " FROM jobs j JOIN videos v ON v.id = j.video"
                        " WHERE v.deleted_at IS NULL ORDER BY j.created_at, j.id",
                        job_from);
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace syncwatch::sql
