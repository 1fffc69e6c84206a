#include "services/media/upload_service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log/log.h"
#include "domain/media/media_keys.h"
#include "domain/media/title.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

constexpr int kBatch = 100;
/// What has no row after so long is not about to get one, here or at another node, whose clock may
/// be another one.
constexpr auto kBegins = std::chrono::hours(1);
/// So long the node that took the last byte may take to move the film; and a second for so much.
constexpr auto kMoves = std::chrono::minutes(2);
constexpr std::uint64_t kMovesASecond = 16 << 20;

tl::unexpected<Error> disk_full() {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.message = "too little space is left for uploads";
    error.reason = "disk_full";
    error.component = "objects";
    error.retry_after = std::chrono::seconds(60);
    return fail(std::move(error));
}

tl::unexpected<Error> being_finished() {
    return fail_unavailable("objects", "the upload is being finished", std::chrono::seconds(5));
}

Result<std::optional<RoomCode>> room_from(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto code = RoomCode::parse(text);
    if (!code) return fail(ErrorCode::NotFound, "no code of a room", "no_such_room");
    return *code;
}

}  // namespace

UploadService::UploadService(Powers powers, Options options)
    : powers_(powers),
      options_(options),
      first_id_{Uuid::make_v7(powers.clock.wall() - kBegins, std::array<std::uint8_t, 10>{})} {}

void UploadService::announce(VideoId video) {
    powers_.bus.publish(topics::kVideoChanged, video.text());
}

Async<> UploadService::check_space(std::uint64_t needed) {
    SW_CO_TRY(const std::uint64_t free, co_await powers_.blobs.free_bytes());
    if (free < options_.spare_bytes || free - options_.spare_bytes < needed) co_return disk_full();
    co_return Result<>();
}

Async<UploadService::State> UploadService::create(Principal who, NewUpload wanted) {
    if (who.is_guest() && !options_.guests_may_upload) {
        co_return fail(ErrorCode::Forbidden, "guests may not upload");
    }
    if (wanted.length.value_or(0) > options_.max_bytes) {
        co_return fail(ErrorCode::TooLarge, "the film is larger than uploads may be");
    }
    SW_CO_CHECK(co_await check_space(wanted.length.value_or(1)));
    const WallTime now = powers_.clock.wall();
    State made;
    Upload& upload = made.upload;
    SW_CO_TRY(upload.room, room_from(wanted.room));
    upload.id = powers_.random.make_id<UploadId>(now);
    upload.video = powers_.random.make_id<VideoId>(now);
    upload.owner = who.user;
    upload.length = wanted.length;
    upload.metadata = wanted.metadata;
    upload.created_at = now;
    upload.expires_at = now + options_.lifetime;
    Video video;
    video.id = upload.video;
    video.owner = who.user;
    video.title = title_of_file(wanted.filename);
    video.created_at = now;
    video.size = wanted.length.value_or(0);

    SW_CO_CHECK(co_await powers_.files.create(upload.id));
    const Result<> added =
        co_await powers_.uploads.add_upload(upload, std::move(video), options_.most_unfinished);
    if (!added) {
        (void)co_await powers_.files.remove(upload.id);
        co_return fail(added.error());
    }
    if (upload.room) {
        const Result<> shelved = co_await powers_.shelf.put(who, *upload.room, upload.video);
        if (!shelved) {
            (void)co_await drop(upload);
            co_return fail(shelved.error());
        }
    }
    announce(upload.video);
    if (upload.length == 0u) {
        SW_CO_TRY(upload, co_await settle(upload));
    }
    co_return made;
}

Async<Upload> UploadService::owned(Principal who, UploadId id) {
    SW_CO_TRY(Upload upload, co_await powers_.uploads.find_upload(id));
    if (upload.owner != who.user) co_return fail(ErrorCode::Forbidden, "somebody else's upload");
    co_return upload;
}

Async<UploadService::State> UploadService::state(Principal who, UploadId id) {
    SW_CO_TRY(Upload upload, co_await owned(std::move(who), id));
    if (upload.expires_at <= powers_.clock.wall()) {
        co_return fail(ErrorCode::NotFound, "the upload expired", "no_such_upload");
    }
    SW_CO_TRY(State found, co_await state_from(std::move(upload)));
    if (!found.upload.completed && found.upload.length == found.offset) {
        // The last step failed when the last byte came; a client that asks tries it again.
        auto settled = co_await settle(found.upload);
        if (settled) found.upload = *std::move(settled);
    }
    co_return found;
}

Async<UploadService::State> UploadService::state_from(Upload upload) {
    State state;
    if (upload.completed) {
        state.offset = upload.length.value_or(0);
    } else {
        SW_CO_TRY(state.offset, co_await powers_.files.size(upload.id));
    }
    state.upload = std::move(upload);
    co_return state;
}

Async<std::optional<UploadService::State>> UploadService::state_of(VideoId video) {
    SW_CO_TRY(auto upload, co_await powers_.uploads.upload_of(video));
    if (!upload || upload->completed) co_return std::nullopt;
    Upload found = *std::move(upload);
    Result<State> state = co_await state_from(std::move(found));
    // Between two looks it may have come to its end.
    if (!state && state.error().code == ErrorCode::NotFound) co_return std::nullopt;
    if (!state) co_return fail(state.error());
    co_return *std::move(state);
}

// Every step may have been done by an earlier try that was cut off behind it.
Async<Upload> UploadService::settle(Upload upload) {
    if (upload.length == 0u) {
        VideoError error;
        error.code = "empty";
        error.message = "The file is empty.";
        SW_CO_CHECK(co_await powers_.uploads.reject_upload(upload.id, std::move(error)));
    } else {
        std::optional<Sha256Sum> sum;
        const std::uint64_t size = upload.length.value_or(0);
        auto finished = co_await powers_.files.finish(upload.id);
        if (!finished && finished.error().code != ErrorCode::NotFound) {
            co_return fail(finished.error());
        }
        if (finished && finished->size == size) {
            sum = finished->sha256;
            const auto moved = co_await powers_.blobs.adopt_file(source_key(upload.video),
                                                                 std::move(finished->file));
            if (!moved && moved.error().code != ErrorCode::NotFound) {
                co_return fail(moved.error());
            }
        } else {
            // Another node was faster, and has taken the pieces away or is about to; or a try
            // before this one was cut off behind that.
            SW_CO_TRY(Upload now, co_await powers_.uploads.find_upload(upload.id));
            if (now.completed) co_return now;
            if (finished) co_return being_finished();
        }
        SW_CO_CHECK(co_await powers_.blobs.local_path(source_key(upload.video)));
        SW_CO_CHECK(co_await complete(upload, size, sum));
    }
    (void)co_await powers_.files.remove(upload.id);
    upload.completed = true;
    log::info("upload.completed", {{"upload", upload.id.text()}, {"video", upload.video.text()}});
    announce(upload.video);
    co_return upload;
}

Async<> UploadService::complete(Upload upload, std::uint64_t size, std::optional<Sha256Sum> sum) {
    const WallTime now = powers_.clock.wall();
    const auto job = powers_.random.make_id<JobId>(now);
    const Result<> completed =
        co_await powers_.uploads.complete_upload(upload.id, size, sum, job, now);
    if (!completed && completed.error().code != ErrorCode::NotFound) co_return completed;
    // While it was moved into the store, another node may have been done with the film, or
    // somebody may have removed it: then nobody else takes the original away.
    SW_CO_TRY(const bool wanted, co_await powers_.uploads.wants_original(upload.video));
    if (!wanted) SW_CO_CHECK(co_await powers_.blobs.remove(source_key(upload.video)));
    co_return completed;
}

Async<> UploadService::remove(Principal who, UploadId id) {
    SW_CO_TRY(const Upload upload, co_await powers_.uploads.find_upload(id));
    if (upload.owner != who.user && !who.admin) {
        co_return fail(ErrorCode::Forbidden, "somebody else's upload");
    }
    co_return co_await drop(upload);
}

Async<bool> UploadService::remove_of(VideoId video) {
    SW_CO_TRY(auto found, co_await powers_.uploads.upload_of(video));
    if (!found || found->completed) co_return false;
    Upload upload = *std::move(found);
    SW_CO_CHECK(co_await drop(std::move(upload)));
    co_return true;
}

Async<> UploadService::drop(Upload upload) {
    SW_CO_CHECK(co_await powers_.uploads.remove_upload(upload.id));
    SW_CO_CHECK(co_await powers_.files.remove(upload.id));
    announce(upload.video);
    co_return Result<>();
}

Async<> UploadService::finish_pending() {
    SW_CO_TRY(const auto unfinished, co_await powers_.uploads.unfinished_uploads());
    for (const UploadId id : unfinished) {
        const Result<> settled = co_await settle_again(id);
        // It may have ended meanwhile.
        if (!settled && settled.error().code != ErrorCode::NotFound) {
            log::warning("upload.not_completed",
                         {{"upload", id.text()}, {"error", settled.error().message}});
        }
    }
    co_return Result<>();
}

Async<> UploadService::recover() {
    SW_CO_TRY(const auto files, co_await powers_.files.list());
    SW_CO_TRY(const auto unfinished, co_await powers_.uploads.unfinished_uploads());
    for (const UploadId id : files) {
        // One that begins has a file before it has a row.
        if (id >= first_id_ || std::ranges::find(unfinished, id) != unfinished.end()) continue;
        SW_CO_CHECK(co_await powers_.files.remove(id));
    }
    co_return co_await finish_pending();
}

/// The end of an upload's life is put off with its last byte.
bool UploadService::may_be_moving(const Upload& upload) const {
    if (!options_.shared) return false;
    const std::chrono::seconds moving(upload.length.value_or(0) / kMovesASecond);
    return powers_.clock.wall() < upload.expires_at - options_.lifetime + kMoves + moving;
}

Async<> UploadService::settle_again(UploadId id) {
    SW_CO_TRY(Upload upload, co_await powers_.uploads.find_upload(id));
    if (may_be_moving(upload)) co_return Result<>();
    const auto size = co_await powers_.files.size(id);
    if (size) {
        if (upload.length != *size) co_return Result<>();
        SW_CO_CHECK(co_await settle(std::move(upload)));
        co_return Result<>();
    }
    if (size.error().code != ErrorCode::NotFound) co_return fail(size.error());
    // Without its file it was either moved already, or lost with the disk's last moments.
    const auto moved = co_await powers_.blobs.local_path(source_key(upload.video));
    if (!moved && moved.error().code != ErrorCode::NotFound) co_return fail(moved.error());
    if (!moved) {
        log::warning("upload.lost", {{"upload", id.text()}});
        co_return co_await drop(std::move(upload));
    }
    SW_CO_CHECK(co_await settle(std::move(upload)));
    co_return Result<>();
}

Async<> UploadService::expire() {
    for (bool more = true; more;) {
        SW_CO_TRY(const auto expired,
                  co_await powers_.uploads.expired_uploads(powers_.clock.wall(), kBatch));
        for (const Upload& upload : expired) {
            const Result<> dropped = co_await drop(upload);
            if (!dropped && dropped.error().code != ErrorCode::NotFound) co_return dropped;
            log::info("upload.expired",
                      {{"upload", upload.id.text()}, {"completed", upload.completed}});
        }
        more = expired.size() == kBatch;
    }
    co_return Result<>();
}

}  // namespace syncwatch
