// The part of VideoLibrary that an operator never has to think of.
#include <utility>

#include "base/log/log.h"
#include "domain/media/media_keys.h"
#include "services/media/video_library.h"

namespace syncwatch {
namespace {

constexpr int kUpkeepBatch = 100;

bool is_left_behind(const Result<>& removed) {
    return !removed && removed.error().reason == kLeftBehind;
}

}  // namespace

Async<> VideoLibrary::remove_ownerless() {
    for (bool more = true; more;) {
        SW_CO_TRY(const auto videos, co_await powers_.videos.ownerless_videos(kUpkeepBatch));
        for (const VideoId id : videos) {
            const Result<> removed = co_await remove_video(id);
            if (!removed && removed.error().code != ErrorCode::NotFound) co_return removed;
            log::info("video.ownerless_removed", {{"video", id.text()}});
        }
        more = videos.size() == kUpkeepBatch;
    }
    co_return Result<>();
}

Async<> VideoLibrary::empty_trash() {
    if (!options_.keep_deleted) co_return Result<>();
    const WallTime before = powers_.clock.wall() - *options_.keep_deleted;
    for (bool more = true; more;) {
        SW_CO_TRY(const auto gone, co_await powers_.videos.empty_trash(before, kUpkeepBatch));
        for (const VideoId id : gone) log::info("video.purged", {{"video", id.text()}});
        more = gone.size() == kUpkeepBatch;
    }
    co_return Result<>();
}

Async<> VideoLibrary::remove_doomed() {
    Result<> outcome;
    for (bool more = true; more;) {
        SW_CO_TRY(const auto keys, co_await powers_.ledger.doomed(kUpkeepBatch));
        for (const std::string& key : keys) {
            const Result<> removed = co_await remove_objects(key);
            // One that cannot go does not keep the others.
            if (!removed) outcome = removed;
        }
        more = outcome && keys.size() == kUpkeepBatch;
    }
    co_return outcome;
}

Async<> VideoLibrary::remove_objects(std::string key) {
    bool left = false;
    Result<> removed = co_await powers_.blobs.remove_all(key);
    if (is_left_behind(removed)) left = true;
    if (!removed && !left) co_return removed;
    removed = co_await powers_.blobs.remove(key);
    if (is_left_behind(removed)) left = true;
    if (!removed && !is_left_behind(removed)) co_return removed;
    if (!left) co_return co_await powers_.ledger.forget_doomed(std::move(key));
    // It is somebody else's to remove, and never asked for again.
    log::info("objects.left_behind", {{"key", key}});
    const WallTime now = powers_.clock.wall();
    co_return co_await powers_.ledger.leave_behind(std::move(key), now);
}

Async<> VideoLibrary::settle_originals() {
    SW_CO_TRY(const auto unmeasured, co_await powers_.videos.unmeasured_originals(kUpkeepBatch));
    for (const VideoId id : unmeasured) SW_CO_CHECK(co_await measure_original(id));
    if (options_.keep_originals) co_return Result<>();
    SW_CO_TRY(const auto ready, co_await powers_.videos.ready_with_original(kUpkeepBatch));
    for (const VideoId id : ready) {
        const auto dropped = co_await powers_.videos.drop_original(id);
        if (dropped) announce(id);
    }
    co_return Result<>();
}

Async<> VideoLibrary::measure_original(VideoId id) {
    auto measured = co_await powers_.blobs.measure(source_key(id));
    if (measured) {
        std::vector<StoredBlob> objects;
        objects.push_back(*std::move(measured));
        co_return co_await powers_.ledger.record(std::move(objects), powers_.clock.wall());
    }
    if (measured.error().code != ErrorCode::NotFound) co_return fail(measured.error());
    // The row says that it is kept, the store does not have it. While a job needs it, the job says
    // what that means for the film.
    const auto dropped = co_await powers_.videos.drop_original(id);
    if (dropped) {
        log::error("original.lost", {{"video", id.text()}});
        announce(id);
    }
    co_return Result<>();
}

}  // namespace syncwatch
