// The part of SqlMediaStore that keeps uploads.
#include <utility>

#include "adapters/sql_media/media_rows.h"
#include "adapters/sql_media/sql_media_store.h"
#include "base/log/log.h"
#include "domain/media/media_keys.h"

namespace syncwatch::sql {
namespace {

#define SW_UPLOAD_SELECT                                                        \
    "SELECT id, video, owner, length, metadata, room, created_at, expires_at, " \
    "completed FROM uploads"

Upload upload_from(const Row& row) {
    Upload upload;
    upload.id = row.id<UploadId>(0);
    upload.video = row.id<VideoId>(1);
    upload.owner = row.id<UserId>(2);
    if (!row.is_null(3)) upload.length = static_cast<std::uint64_t>(row.integer(3));
    upload.metadata = row.text(4);
    if (const auto code = RoomCode::parse(row.text(5)); code && !row.is_null(5)) {
        upload.room = *code;
    }
    upload.created_at = row.time(6);
    upload.expires_at = row.time(7);
    upload.completed = row.boolean(8);
    return upload;
}

Result<Upload> load_upload(Connection& db, UploadId id) {
    SW_TRY(auto upload, db.query_one(SW_UPLOAD_SELECT " WHERE id = ?", upload_from, id));
    if (!upload) return fail(ErrorCode::NotFound, "no such upload", "no_such_upload");
    return *std::move(upload);
}

std::optional<std::string> room_text(const std::optional<RoomCode>& room) {
    if (!room) return std::nullopt;
    return room->compact();
}

Result<> mark_completed(Connection& db, const Upload& upload, std::uint64_t size) {
    SW_CHECK(
        db.run("UPDATE uploads SET completed = TRUE, length = ? WHERE id = ?", size, upload.id));
    SW_CHECK(db.run("UPDATE videos SET size = ? WHERE id = ?", size, upload.video));
    return {};
}

}  // namespace

Async<> SqlMediaStore::add_upload(Upload upload, Video video, std::size_t most_unfinished) {
    auto work = [upload = std::move(upload), video = std::move(video),
                 most_unfinished](Connection& db) -> Result<> {
        const auto count = [](const Row& row) { return row.integer(0); };
        SW_TRY(const auto unfinished,
               db.query_one("SELECT count(*) FROM uploads WHERE owner = ? AND completed = FALSE",
                            count, upload.owner));
        if (unfinished.value_or(0) >= static_cast<std::int64_t>(most_unfinished)) {
            return fail(ErrorCode::Exhausted, "too many uploads at once", "too_many_uploads");
        }
        SW_CHECK(insert_video(db, video));
        SW_CHECK(
            db.run("INSERT INTO uploads (id, video, owner, length, metadata, room, created_at,"
                   " expires_at, completed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, FALSE)",
                   upload.id, upload.video, upload.owner, upload.length, upload.metadata,
                   room_text(upload.room), upload.created_at, upload.expires_at));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<Upload> SqlMediaStore::find_upload(UploadId id) {
    auto work = [id](Connection& db) { return load_upload(db, id); };
    co_return co_await database_.read(std::move(work));
}

Async<std::optional<Upload>> SqlMediaStore::upload_of(VideoId video) {
    auto work = [video](Connection& db) {
        return db.query_one(SW_UPLOAD_SELECT " WHERE video = ?", upload_from, video);
    };
    co_return co_await database_.read(std::move(work));
}

Async<Upload> SqlMediaStore::set_length(UploadId id, std::uint64_t length) {
    auto work = [id, length](Connection& db) -> Result<Upload> {
        SW_TRY(Upload upload, load_upload(db, id));
        if (upload.length && *upload.length != length) {
            return fail(ErrorCode::Conflict, "the upload's length is set already");
        }
        SW_CHECK(db.run("UPDATE uploads SET length = ? WHERE id = ?", length, id));
        SW_CHECK(db.run("UPDATE videos SET size = ? WHERE id = ?", length, upload.video));
        upload.length = length;
        return upload;
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::set_expiry(UploadId id, WallTime expires_at) {
    auto work = [id, expires_at](Connection& db) -> Result<> {
        SW_TRY(const auto changed,
               db.run("UPDATE uploads SET expires_at = ? WHERE id = ?", expires_at, id));
        if (changed == 0) return fail(ErrorCode::NotFound, "no such upload", "no_such_upload");
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::complete_upload(UploadId id, std::uint64_t size,
                                       std::optional<Sha256Sum> sha256, JobId job, WallTime now) {
    std::string cause(log::current_request());
    auto work = [id, size, sha256, job, cause = std::move(cause), now](Connection& db) -> Result<> {
        SW_TRY(const Upload upload, load_upload(db, id));
        if (upload.completed) return {};
        SW_CHECK(mark_completed(db, upload, size));
        SW_CHECK(db.run("UPDATE videos SET status = 'probing', original_kept = TRUE WHERE id = ?",
                        upload.video));
        SW_CHECK(insert_job(db, job, upload.video, cause, now));
        if (sha256) {
            const StoredBlob source{source_key(upload.video), size, *sha256};
            SW_CHECK(record_object(db, source, now));
        }
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<bool> SqlMediaStore::wants_original(VideoId video) {
    auto work = [video](Connection& db) -> Result<bool> {
        SW_TRY(const auto kept, db.query_one(
                                    "SELECT 1 FROM videos WHERE id = ? AND original_kept = TRUE",
                                    [](const Row& row) { return row.integer(0); }, video));
        return kept.has_value();
    };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlMediaStore::reject_upload(UploadId id, VideoError error) {
    auto work = [id, error = std::move(error)](Connection& db) -> Result<> {
        SW_TRY(const Upload upload, load_upload(db, id));
        if (upload.completed) return {};
        SW_CHECK(mark_completed(db, upload, upload.length.value_or(0)));
        SW_CHECK(fail_video(db, upload.video, error));
        return doom(db, source_prefix(upload.video));
    };
    co_return co_await database_.write(std::move(work));
}

Async<Upload> SqlMediaStore::remove_upload(UploadId id) {
    auto work = [id](Connection& db) -> Result<Upload> {
        SW_TRY(Upload upload, load_upload(db, id));
        if (upload.completed) {
            SW_CHECK(db.run("DELETE FROM uploads WHERE id = ?", id));
        } else {
            SW_CHECK(delete_video(db, upload.video));
        }
        return upload;
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<Upload>> SqlMediaStore::expired_uploads(WallTime now, int limit) {
    auto work = [now, limit](Connection& db) {
        return db.query(SW_UPLOAD_SELECT " WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
                        upload_from, now, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<UploadId>> SqlMediaStore::unfinished_uploads() {
    auto work = [](Connection& db) {
        return db.query("SELECT id FROM uploads WHERE completed = FALSE ORDER BY id",
                        [](const Row& row) { return row.id<UploadId>(0); });
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace syncwatch::sql
