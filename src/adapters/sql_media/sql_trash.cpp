// The part of SqlMediaStore that keeps what was deleted.
#include <utility>

#include "adapters/sql_media/media_rows.h"
#include "adapters/sql_media/sql_media_store.h"
#include "domain/media/media_keys.h"

// What is stored of the video v: '0' is the character behind '/'.
#define SW_OBJECTS_OF_VIDEO                          \
    "o.key > 'videos/' || CAST(v.id AS TEXT) || '/'" \
    " AND o.key < 'videos/' || CAST(v.id AS TEXT) || '0'"

namespace syncwatch::sql {
namespace {

VideoId trashed_id_from(const Row& row) {
    return row.id<VideoId>(0);
}

/// Subtitles whose time in the trash is up, and where their object lies.
Result<> empty_of_subtitles(Connection& db, WallTime before, int limit) {
    struct Old {
        VideoId video;
        int edition = 1;
        SubtitleTrack track;
    };
    const auto map = [](const Row& row) {
        Old old;
        old.video = row.id<VideoId>(0);
        old.edition = static_cast<int>(row.integer(1));
        old.track.id = row.text(2);
        old.track.source = row.text(3) == "embedded" ? SubtitleTrack::Source::Embedded
                                                     : SubtitleTrack::Source::Uploaded;
        return old;
    };
    SW_TRY(const auto all, db.query("SELECT s.video, v.edition, s.id, s.source FROM subtitles s"
                                    " JOIN videos v ON v.id = s.video WHERE s.deleted_at < ?"
                                    " ORDER BY s.video, s.id LIMIT ?",
                                    map, before, limit));
    for (const Old& each : all) {
        SW_CHECK(
            db.run("DELETE FROM subtitles WHERE video = ? AND id = ?", each.video, each.track.id));
        SW_CHECK(doom(db, subtitle_key(each.video, each.edition, each.track)));
    }
    return {};
}

}  // namespace

// Whoever works on it loses the lease, and the attempt does not count: it is taken up again when
// the film comes back.
Async<> SqlMediaStore::put_into_trash(VideoId id, WallTime now) {
    auto work = [id, now](Connection& db) -> Result<> {
        SW_TRY(const Video video, load_video(db, id));
        if (video.status == VideoStatus::Uploading) return delete_video(db, id);
        SW_CHECK(db.run("UPDATE videos SET deleted_at = ? WHERE id = ?", now, id));
        SW_CHECK(db.run("DELETE FROM uploads WHERE video = ?", id));
        SW_CHECK(
            db.run("UPDATE job_parts SET worker = '', leased_until = NULL, claim = claim + 1"
                   " WHERE job IN (SELECT id FROM jobs WHERE video = ?)",
                   id));
        SW_CHECK(
            db.run("UPDATE jobs SET worker = '', leased_until = NULL, claim = claim + 1,"
                   " attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END"
                   " WHERE video = ?",
                   id));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<Video> SqlMediaStore::undelete(VideoId id) {
    auto work = [id](Connection& db) -> Result<Video> {
        SW_CHECK(db.run("UPDATE videos SET deleted_at = NULL WHERE id = ?", id));
        return load_video(db, id);
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<DeletedVideo>> SqlMediaStore::trash(int limit) {
    auto work = [limit](Connection& db) -> Result<std::vector<DeletedVideo>> {
        const auto map = [](const Row& row) {
            DeletedVideo deleted;
            deleted.video.id = row.id<VideoId>(0);
            deleted.deleted_at = row.time(1);
            deleted.bytes = static_cast<std::uint64_t>(row.integer(2));
            return deleted;
        };
        SW_TRY(auto all, db.query("SELECT v.id, v.deleted_at, CAST(coalesce((SELECT sum(o.size)"
                                  " FROM objects o WHERE " SW_OBJECTS_OF_VIDEO "), 0) AS BIGINT)"
                                  " FROM videos v WHERE v.deleted_at IS NOT NULL"
                                  " ORDER BY v.deleted_at DESC, v.id DESC LIMIT ?",
                                  map, limit));
        for (DeletedVideo& each : all) {
            SW_TRY(each.video, load_video(db, each.video.id, Shelf::Trash));
        }
        return all;
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<VideoId>> SqlMediaStore::ids_in_trash(int limit) {
    auto work = [limit](Connection& db) {
        return db.query(
            "SELECT id FROM videos WHERE deleted_at IS NOT NULL"
            " ORDER BY deleted_at DESC, id LIMIT ?",
            trashed_id_from, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Result<TrashFigures> read_trash_figures(Connection& db) {
    const auto map = [](const Row& row) {
        TrashFigures figures;
        figures.videos = static_cast<std::uint64_t>(row.integer(0));
        figures.bytes = static_cast<std::uint64_t>(row.integer(1));
        figures.oldest = row.optional_time(2);
        return figures;
    };
    SW_TRY(const auto found,
           db.query_one("SELECT count(*), CAST(coalesce(sum((SELECT coalesce(sum(o.size), 0)"
                        " FROM objects o WHERE " SW_OBJECTS_OF_VIDEO ")), 0) AS BIGINT),"
                        " min(v.deleted_at) FROM videos v WHERE v.deleted_at IS NOT NULL",
                        map));
    return found.value_or(TrashFigures());
}

Async<TrashFigures> SqlMediaStore::trash_figures() {
    co_return co_await database_.read(read_trash_figures);
}

Async<std::vector<VideoId>> SqlMediaStore::empty_trash(WallTime before, int limit) {
    auto work = [before, limit](Connection& db) -> Result<std::vector<VideoId>> {
        SW_TRY(auto old, db.query("SELECT id FROM videos WHERE deleted_at < ?"
                                  " ORDER BY deleted_at, id LIMIT ?",
                                  trashed_id_from, before, limit));
        for (const VideoId each : old) SW_CHECK(delete_video(db, each));
        SW_CHECK(empty_of_subtitles(db, before, limit));
        return old;
    };
    co_return co_await database_.write(std::move(work));
}

Async<Video> SqlMediaStore::put_subtitle_into_trash(VideoId id, std::string track, WallTime now) {
    auto work = [id, track = std::move(track), now](Connection& db) -> Result<Video> {
        SW_CHECK(load_video(db, id));
        SW_TRY(const auto changed, db.run("UPDATE subtitles SET deleted_at = ?"
                                          " WHERE video = ? AND id = ? AND deleted_at IS NULL",
                                          now, id, track));
        if (changed == 0) return fail(ErrorCode::NotFound, "no such subtitles");
        return load_video(db, id);
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
