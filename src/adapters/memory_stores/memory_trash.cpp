// The part of MemoryMediaStore that keeps what was deleted.
#include <algorithm>
#include <functional>
#include <utility>

#include "adapters/memory_stores/memory_media_store.h"
#include "domain/media/media_keys.h"

namespace syncwatch {

Async<> MemoryMediaStore::put_into_trash(VideoId id, WallTime now) {
    SW_CO_TRY(Film * found, film(id));
    if (found->video.status == VideoStatus::Uploading) co_return co_await remove(id);
    found->deleted_at = now;
    found->upload.reset();
    if (found->job) {
        Job& job = *found->job;
        job.worker.clear();
        job.leased_until.reset();
        ++job.claim;
        job.attempts = std::max(job.attempts - 1, 0);
    }
    co_return Result<>();
}

Async<Video> MemoryMediaStore::undelete(VideoId id) {
    if (const auto found = films_.find(id); found != films_.end()) found->second.deleted_at.reset();
    co_return co_await find(id);
}

std::uint64_t MemoryMediaStore::bytes_of(VideoId id) const {
    const std::string prefix = video_prefix(id) + "/";
    std::uint64_t bytes = 0;
    for (auto each = objects_.lower_bound(prefix);
         each != objects_.end() && each->first.starts_with(prefix); ++each) {
        bytes += each->second.known.object.size;
    }
    return bytes;
}

Async<std::vector<DeletedVideo>> MemoryMediaStore::trash(int limit) {
    std::vector<DeletedVideo> out;
    for (const auto& [id, each] : films_) {
        if (each.deleted_at) out.push_back({each.video, *each.deleted_at, bytes_of(id)});
    }
    std::ranges::stable_sort(out, std::greater<>(), &DeletedVideo::deleted_at);
    if (std::ssize(out) > limit) out.resize(static_cast<std::size_t>(limit));
    co_return out;
}

Async<std::vector<VideoId>> MemoryMediaStore::ids_in_trash(int limit) {
    SW_CO_TRY(const auto all, co_await trash(limit));
    std::vector<VideoId> ids;
    for (const DeletedVideo& each : all) ids.push_back(each.video.id);
    co_return ids;
}

Async<TrashFigures> MemoryMediaStore::trash_figures() {
    TrashFigures out;
    for (const auto& [id, each] : films_) {
        if (!each.deleted_at) continue;
        ++out.videos;
        out.bytes += bytes_of(id);
        out.oldest = std::min(out.oldest.value_or(*each.deleted_at), *each.deleted_at);
    }
    co_return out;
}

Async<std::vector<VideoId>> MemoryMediaStore::empty_trash(WallTime before, int limit) {
    std::vector<VideoId> old;
    for (const auto& [id, each] : films_) {
        const bool more = std::ssize(old) < limit;
        if (more && each.deleted_at && *each.deleted_at < before) old.push_back(id);
    }
    for (const VideoId each : old) SW_CO_CHECK(co_await remove(each));
    for (auto each = subtitles_in_trash_.begin(); each != subtitles_in_trash_.end();) {
        if (each->second >= before) {
            ++each;
            continue;
        }
        doomed_.insert(each->first);
        each = subtitles_in_trash_.erase(each);
    }
    co_return old;
}

}  // namespace syncwatch
