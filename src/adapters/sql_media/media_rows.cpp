#include "adapters/sql_media/media_rows.h"

#include <algorithm>

#include "base/encoding.h"
#include "domain/media/media_keys.h"

namespace syncwatch::sql {
namespace {

Video video_from(const Row& row) {
    Video video;
    video.id = row.id<VideoId>(0);
    video.owner = row.id<UserId>(1);
    video.title = row.text(2);
    // A word this version does not know is one that nobody can watch.
    video.status = parse_video_status(row.text(3)).value_or(VideoStatus::Failed);
    if (!row.is_null(4)) video.error = VideoError{row.text(4), row.text(5)};
    video.created_at = row.time(6);
    video.size = static_cast<std::uint64_t>(row.integer(7));
    video.original_kept = row.boolean(8);
    video.edition = static_cast<int>(row.integer(9));
    video.duration = MediaTime(row.real(10));
    video.width = static_cast<int>(row.integer(11));
    video.height = static_cast<int>(row.integer(12));
    video.frame_rate = row.real(13);
    video.progress = row.real(14);
    video.playable_until = MediaTime(row.real(15));
    if (!row.is_null(16)) video.eta = std::chrono::seconds(row.integer(16));
    video.has_poster = row.boolean(17);
    video.has_sprite = row.boolean(18);
    return video;
}

Rendition rendition_from(const Row& row) {
    Rendition rung;
    rung.stream = row.text(0);
    rung.name = row.text(1);
    rung.width = static_cast<int>(row.integer(2));
    rung.height = static_cast<int>(row.integer(3));
    rung.frame_rate = row.real(4);
    rung.bits_per_second = row.integer(5);
    rung.codecs = row.text(6);
    rung.remuxed = row.boolean(7);
    return rung;
}

AudioTrack audio_from(const Row& row) {
    AudioTrack track;
    track.stream = row.text(0);
    track.index = static_cast<int>(row.integer(1));
    track.language = row.text(2);
    track.title = row.text(3);
    track.channels = static_cast<int>(row.integer(4));
    track.is_default = row.boolean(5);
    track.bits_per_second = row.integer(6);
    track.codecs = row.text(7);
    return track;
}

SubtitleTrack subtitle_from(const Row& row) {
    SubtitleTrack track;
    track.id = row.text(0);
    track.language = row.text(1);
    track.title = row.text(2);
    track.source = row.text(3) == "embedded" ? SubtitleTrack::Source::Embedded
                                             : SubtitleTrack::Source::Uploaded;
    track.is_default = row.boolean(4);
    track.forced = row.boolean(5);
    return track;
}

Result<> load_tracks(Connection& db, Video& video) {
    SW_TRY(video.renditions,
           db.query("SELECT stream, name, width, height, frame_rate, bits_per_second, codecs,"
                    " remuxed FROM renditions WHERE video = ? ORDER BY position",
                    rendition_from, video.id));
    SW_TRY(video.audio_tracks,
           db.query("SELECT stream, position, language, title, channels, is_default,"
                    " bits_per_second, codecs FROM audio_tracks WHERE video = ? ORDER BY position",
                    audio_from, video.id));
    SW_TRY(video.subtitles,
           db.query("SELECT id, language, title, source, is_default, forced FROM subtitles"
                    " WHERE video = ? AND deleted_at IS NULL ORDER BY position, id",
                    subtitle_from, video.id));
    return {};
}

}  // namespace

Result<Video> load_video(Connection& db, VideoId id, Shelf shelf) {
    SW_TRY(auto video,
           db.query_one("SELECT id, owner, title, status, error_code, error_message, created_at,"
                        " size, original_kept, edition, duration, width, height, frame_rate,"
                        " progress, playable_until, eta_seconds, has_poster, has_sprite"
                        " FROM videos WHERE id = ? AND (deleted_at IS NOT NULL) = ?",
                        video_from, id, shelf == Shelf::Trash));
    if (!video) return fail(ErrorCode::NotFound, "no such video", "no_such_video");
    SW_CHECK(load_tracks(db, *video));
    return *std::move(video);
}

Result<> insert_video(Connection& db, const Video& video) {
    SW_CHECK(
        db.run("INSERT INTO videos (id, owner, title, status, created_at, size, original_kept,"
               " edition, duration, width, height, frame_rate, progress, playable_until,"
               " has_poster, has_sprite)"
               " VALUES (?, ?, ?, ?, ?, ?, FALSE, ?, 0, 0, 0, 0, 0, 0, FALSE, FALSE)",
               video.id, video.owner, video.title, text(video.status), video.created_at, video.size,
               video.edition));
    return {};
}

Result<> delete_video(Connection& db, VideoId id) {
    SW_TRY(const auto removed, db.run("DELETE FROM videos WHERE id = ?", id));
    if (removed == 0) return fail(ErrorCode::NotFound, "no such video", "no_such_video");
    return doom(db, video_prefix(id));
}

Result<> fail_video(Connection& db, VideoId id, const VideoError& error) {
    SW_TRY(const Video video, load_video(db, id));
    SW_CHECK(
        db.run("UPDATE videos SET status = 'failed', error_code = ?, error_message = ?,"
               " progress = 0, playable_until = 0, eta_seconds = NULL, has_poster = FALSE,"
               " has_sprite = FALSE WHERE id = ?",
               error.code, error.message, id));
    SW_CHECK(db.run("DELETE FROM jobs WHERE video = ?", id));
    SW_CHECK(db.run("DELETE FROM segments WHERE video = ?", id));
    SW_CHECK(db.run("DELETE FROM renditions WHERE video = ?", id));
    SW_CHECK(db.run("DELETE FROM audio_tracks WHERE video = ?", id));
    SW_CHECK(db.run("DELETE FROM subtitles WHERE video = ? AND source = 'embedded'", id));
    return doom(db, edition_prefix(id, video.edition));
}

Result<> doom(Connection& db, const std::string& key) {
    SW_CHECK(db.run("INSERT INTO doomed (key) VALUES (?) ON CONFLICT DO NOTHING", key));
    return {};
}

StoredBlob object_from(const Row& row) {
    StoredBlob object;
    object.key = row.text(0);
    object.size = static_cast<std::uint64_t>(row.integer(1));
    // Only what encode_hex wrote comes here; anything else is no sum that any object has.
    const auto bytes = decode_hex(row.text(2));
    if (bytes && bytes->size() == object.sha256.size()) {
        std::ranges::copy(*bytes, object.sha256.begin());
    }
    return object;
}

// What is stored anew was copied and looked at by nobody yet. The same again, by somebody who goes
// on with a job: its copies stay.
Result<> record_object(Connection& db, const StoredBlob& object, WallTime now) {
    SW_CHECK(
        db.run("INSERT INTO objects (key, size, sha256, created_at) VALUES (?, ?, ?, ?)"
               " ON CONFLICT (key) DO UPDATE SET size = excluded.size,"
               " sha256 = excluded.sha256, created_at = excluded.created_at,"
               " replicated_at = CASE WHEN objects.sha256 = excluded.sha256"
               " THEN objects.replicated_at END,"
               " verified_at = 0, fault = '', not_before = 0",
               object.key, object.size, encode_hex(object.sha256), now));
    return {};
}

Result<> insert_job(Connection& db, JobId job, VideoId video, const std::string& cause,
                    WallTime now) {
    SW_CHECK(
        db.run("INSERT INTO jobs (id, video, created_at, not_before, attempts, claim, worker,"
               " checkpoint, cause) VALUES (?, ?, ?, ?, 0, 0, '', '', ?)",
               job, video, now, now, cause));
    return {};
}

Result<> put_subtitle(Connection& db, VideoId video, const SubtitleTrack& track) {
    SW_CHECK(
        db.run("INSERT INTO subtitles (video, id, position, language, title, source,"
               " is_default, forced) VALUES (?1, ?2, (SELECT coalesce(max(position), -1) + 1"
               " FROM subtitles WHERE video = ?1), ?3, ?4, ?5, ?6, ?7)"
               " ON CONFLICT (video, id) DO UPDATE SET language = excluded.language,"
               " title = excluded.title, source = excluded.source,"
               " is_default = excluded.is_default, forced = excluded.forced",
               video, track.id, track.language, track.title, text(track.source), track.is_default,
               track.forced));
    return {};
}

}  // namespace syncwatch::sql
