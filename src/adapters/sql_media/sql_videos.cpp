// The part of SqlMediaStore that keeps videos.
#include <utility>

#include "adapters/sql_media/media_rows.h"
#include "adapters/sql_media/sql_media_store.h"
#include "domain/media/media_keys.h"

namespace syncwatch::sql {
namespace {

VideoId id_from(const Row& row) {
    return row.id<VideoId>(0);
}

Result<std::vector<Video>> load_videos(Connection& db, const std::vector<VideoId>& ids) {
    std::vector<Video> videos;
    videos.reserve(ids.size());
    for (const VideoId id : ids) {
        SW_TRY(Video video, load_video(db, id));
        videos.push_back(std::move(video));
    }
    return videos;
}

Segment segment_from(const Row& row) {
    Segment segment;
    segment.stream = row.text(0);
    segment.number = static_cast<int>(row.integer(1));
    segment.duration = std::chrono::microseconds(row.integer(2));
    segment.size = static_cast<std::uint64_t>(row.integer(3));
    segment.init = static_cast<int>(row.integer(4));
    return segment;
}

}  // namespace

Async<Video> SqlMediaStore::find(VideoId id) {
    auto work = [id](Connection& db) { return load_video(db, id); };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<Video>> SqlMediaStore::videos_of(UserId owner, int limit) {
    auto work = [owner, limit](Connection& db) -> Result<std::vector<Video>> {
        SW_TRY(const auto ids,
               db.query("SELECT id FROM videos WHERE owner = ? AND deleted_at IS NULL"
                        " ORDER BY created_at DESC, id DESC LIMIT ?",
                        id_from, owner, limit));
        return load_videos(db, ids);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<Video>> SqlMediaStore::all_videos(int limit) {
    auto work = [limit](Connection& db) -> Result<std::vector<Video>> {
        SW_TRY(const auto ids, db.query("SELECT id FROM videos WHERE deleted_at IS NULL"
                                        " ORDER BY created_at DESC, id DESC LIMIT ?",
                                        id_from, limit));
        return load_videos(db, ids);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<VideoId>> SqlMediaStore::ownerless_videos(int limit) {
    auto work = [limit](Connection& db) {
        return db.query(
            "SELECT id FROM videos WHERE NOT EXISTS"
            " (SELECT 1 FROM users WHERE users.id = videos.owner) LIMIT ?",
            id_from, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<Segment>> SqlMediaStore::segments(VideoId id, int from) {
    auto work = [id, from](Connection& db) -> Result<std::vector<Segment>> {
        SW_TRY(const auto there, db.query_one(
                                     "SELECT 1 FROM videos WHERE id = ? AND deleted_at IS NULL",
                                     [](const Row&) { return true; }, id));
        if (!there) return fail(ErrorCode::NotFound, "no such video", "no_such_video");
        return db.query(
            "SELECT stream, number, duration_us, size, init FROM segments"
            " WHERE video = ? AND number >= ? ORDER BY stream, number",
            segment_from, id, from);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<VideoId>> SqlMediaStore::unmeasured_originals(int limit) {
    auto work = [limit](Connection& db) {
        return db.query(
            "SELECT id FROM videos WHERE original_kept = TRUE AND NOT EXISTS (SELECT 1"
            " FROM objects WHERE key = 'videos/' || videos.id || '/source/original')"
            " LIMIT ?",
            id_from, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<VideoId>> SqlMediaStore::ready_with_original(int limit) {
    auto work = [limit](Connection& db) {
        return db.query(
            "SELECT id FROM videos WHERE original_kept = TRUE AND status = 'ready'"
            " AND deleted_at IS NULL ORDER BY created_at, id LIMIT ?",
            id_from, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::string> SqlMediaStore::plan(VideoId id) {
    auto work = [id](Connection& db) -> Result<std::string> {
        SW_TRY(auto plan, db.query_one(
                              "SELECT plan FROM videos WHERE id = ?",
                              [](const Row& row) { return row.text(0); }, id));
        if (!plan) return fail(ErrorCode::NotFound, "no such video", "no_such_video");
        return *std::move(plan);
    };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlMediaStore::replace_segment(VideoId id, int edition, Segment segment,
                                       std::vector<StoredBlob> objects, WallTime now) {
    auto work = [id, edition, segment = std::move(segment), objects = std::move(objects),
                 now](Connection& db) -> Result<> {
        SW_TRY(const auto changed,
               db.run("UPDATE segments SET size = ?, init = ? WHERE video = ? AND stream = ?"
                      " AND number = ? AND duration_us = ? AND EXISTS (SELECT 1 FROM videos v"
                      " WHERE v.id = segments.video AND v.edition = ?)",
                      segment.size, segment.init, id, segment.stream, segment.number,
                      segment.duration.count(), edition));
        if (changed == 0) return fail(ErrorCode::NotFound, "there is no such segment any more");
        for (const StoredBlob& object : objects) SW_CHECK(record_object(db, object, now));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<Video> SqlMediaStore::rename(VideoId id, std::string title) {
    auto work = [id, title = std::move(title)](Connection& db) -> Result<Video> {
        SW_CHECK(db.run("UPDATE videos SET title = ? WHERE id = ?", title, id));
        return load_video(db, id);
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::remove(VideoId id) {
    auto work = [id](Connection& db) { return delete_video(db, id); };
    co_return co_await database_.write(std::move(work));
}

Async<Video> SqlMediaStore::drop_original(VideoId id) {
    auto work = [id](Connection& db) -> Result<Video> {
        SW_TRY(Video video, load_video(db, id));
        if (video.status != VideoStatus::Ready && video.status != VideoStatus::Failed) {
            return fail(ErrorCode::Conflict, "the original is in use");
        }
        if (!video.original_kept) return video;
        SW_CHECK(db.run("UPDATE videos SET original_kept = FALSE WHERE id = ?", id));
        SW_CHECK(doom(db, source_prefix(id)));
        video.original_kept = false;
        return video;
    };
    co_return co_await database_.write(std::move(work));
}

Async<Video> SqlMediaStore::add_subtitle(VideoId id, SubtitleTrack track, StoredBlob object,
                                         std::size_t most, WallTime now) {
    auto work = [id, track = std::move(track), object = std::move(object), most,
                 now](Connection& db) -> Result<Video> {
        SW_TRY(const Video video, load_video(db, id));
        if (video.subtitles.size() >= most) {
            return fail(ErrorCode::Conflict, "too many subtitles", "too_many_subtitles");
        }
        for (const SubtitleTrack& each : video.subtitles) {
            if (each.id == track.id) return fail(ErrorCode::Conflict, "the track's id is taken");
        }
        SW_CHECK(put_subtitle(db, id, track));
        SW_CHECK(record_object(db, object, now));
        return load_video(db, id);
    };
    co_return co_await database_.write(std::move(work));
}

Async<Video> SqlMediaStore::remove_subtitle(VideoId id, std::string track) {
    auto work = [id, track = std::move(track)](Connection& db) -> Result<Video> {
        SW_TRY(Video video, load_video(db, id));
        for (const SubtitleTrack& each : video.subtitles) {
            if (each.id != track) continue;
            SW_CHECK(db.run("DELETE FROM subtitles WHERE video = ? AND id = ?", id, track));
            SW_CHECK(doom(db, subtitle_key(id, video.edition, each)));
            return load_video(db, id);
        }
        return fail(ErrorCode::NotFound, "no such subtitles");
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
