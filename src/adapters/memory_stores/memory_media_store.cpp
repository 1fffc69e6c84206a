#include "adapters/memory_stores/memory_media_store.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "domain/media/media_keys.h"

namespace syncwatch {
namespace {

tl::unexpected<Error> no_such_video() {
    return fail(ErrorCode::NotFound, "no such video", "no_such_video");
}

bool lies_under(const std::string& key, const std::string& prefix) {
    return key.size() > prefix.size() && key.starts_with(prefix) && key[prefix.size()] == '/';
}

}  // namespace

Result<MemoryMediaStore::Film*> MemoryMediaStore::film(VideoId id) {
    const auto found = films_.find(id);
    if (found == films_.end() || found->second.deleted_at) return no_such_video();
    return &found->second;
}

template <class Chosen>
std::vector<VideoId> MemoryMediaStore::ids(Chosen chosen, int limit) const {
    std::vector<VideoId> out;
    for (const auto& [id, each] : films_) {
        if (out.size() < static_cast<std::size_t>(limit) && chosen(each)) out.push_back(id);
    }
    return out;
}

template <class Chosen>
std::vector<Video> MemoryMediaStore::newest(Chosen chosen, int limit) const {
    std::vector<Video> out;
    for (const auto& [id, each] : films_) {
        if (!each.deleted_at && chosen(each)) out.push_back(each.video);
    }
    std::ranges::stable_sort(out, std::greater<>(), &Video::created_at);
    if (out.size() > static_cast<std::size_t>(limit)) out.resize(static_cast<std::size_t>(limit));
    return out;
}

Async<Video> MemoryMediaStore::find(VideoId id) {
    SW_CO_TRY(const Film* found, film(id));
    co_return found->video;
}

Async<std::vector<Video>> MemoryMediaStore::videos_of(UserId owner, int limit) {
    co_return newest([owner](const Film& each) { return each.video.owner == owner; }, limit);
}

Async<std::vector<Video>> MemoryMediaStore::all_videos(int limit) {
    co_return newest([](const Film&) { return true; }, limit);
}

Async<std::vector<VideoId>> MemoryMediaStore::ownerless_videos(int limit) {
    co_return ids([this](const Film& each) { return !data_.accounts.contains(each.video.owner); },
                  limit);
}

Async<std::vector<VideoId>> MemoryMediaStore::unmeasured_originals(int limit) {
    const auto unmeasured = [this](const Film& each) {
        return each.video.original_kept && !objects_.contains(source_key(each.video.id));
    };
    co_return ids(unmeasured, limit);
}

Async<std::vector<VideoId>> MemoryMediaStore::ready_with_original(int limit) {
    const auto ready = [](const Film& each) {
        return each.video.original_kept && each.video.status == VideoStatus::Ready &&
               !each.deleted_at;
    };
    co_return ids(ready, limit);
}

Async<std::vector<Segment>> MemoryMediaStore::segments(VideoId id, int from) {
    SW_CO_TRY(const Film* found, film(id));
    std::vector<Segment> out;
    for (const auto& [name, stream] : found->streams) {
        for (const Segment& each : stream) {
            if (each.number >= from) out.push_back(each);
        }
    }
    co_return out;
}

Async<std::string> MemoryMediaStore::plan(VideoId id) {
    SW_CO_TRY(const Film* found, film(id));
    co_return found->plan;
}

Async<> MemoryMediaStore::replace_segment(VideoId id, int edition, Segment segment,
                                          std::vector<StoredBlob> objects, WallTime now) {
    SW_CO_TRY(Film * found, film(id));
    for (Segment& each : found->streams[segment.stream]) {
        const bool same = each.number == segment.number && each.duration == segment.duration;
        if (!same || found->video.edition != edition) continue;
        each = std::move(segment);
        keep(objects, now);
        co_return Result<>();
    }
    co_return fail(ErrorCode::NotFound, "there is no such segment any more");
}

Async<Video> MemoryMediaStore::rename(VideoId id, std::string title) {
    SW_CO_TRY(Film * found, film(id));
    found->video.title = std::move(title);
    co_return found->video;
}

Async<> MemoryMediaStore::remove(VideoId id) {
    if (films_.erase(id) == 0) co_return no_such_video();
    doomed_.insert(video_prefix(id));
    co_return Result<>();
}

Async<Video> MemoryMediaStore::drop_original(VideoId id) {
    SW_CO_TRY(Film * found, film(id));
    Video& video = found->video;
    if (video.status != VideoStatus::Ready && video.status != VideoStatus::Failed) {
        co_return fail(ErrorCode::Conflict, "the original is in use");
    }
    if (video.original_kept) doomed_.insert(source_prefix(id));
    video.original_kept = false;
    co_return video;
}

Async<Video> MemoryMediaStore::add_subtitle(VideoId id, SubtitleTrack track, StoredBlob object,
                                            std::size_t most, WallTime now) {
    SW_CO_TRY(Film * found, film(id));
    auto& tracks = found->video.subtitles;
    if (tracks.size() >= most) {
        co_return fail(ErrorCode::Conflict, "too many subtitles", "too_many_subtitles");
    }
    if (std::ranges::find(tracks, track.id, &SubtitleTrack::id) != tracks.end()) {
        co_return fail(ErrorCode::Conflict, "the track's id is taken");
    }
    tracks.push_back(std::move(track));
    keep({object}, now);
    co_return found->video;
}

Async<Video> MemoryMediaStore::remove_subtitle(VideoId id, std::string track) {
    SW_CO_TRY(Film * found, film(id));
    auto& tracks = found->video.subtitles;
    const auto at = std::ranges::find(tracks, track, &SubtitleTrack::id);
    if (at == tracks.end()) co_return fail(ErrorCode::NotFound, "no such subtitles");
    doomed_.insert(subtitle_key(id, found->video.edition, *at));
    tracks.erase(at);
    co_return found->video;
}

Async<Video> MemoryMediaStore::put_subtitle_into_trash(VideoId id, std::string track,
                                                       WallTime now) {
    SW_CO_TRY(Film * found, film(id));
    auto& tracks = found->video.subtitles;
    const auto at = std::ranges::find(tracks, track, &SubtitleTrack::id);
    if (at == tracks.end()) co_return fail(ErrorCode::NotFound, "no such subtitles");
    subtitles_in_trash_.emplace(subtitle_key(id, found->video.edition, *at), now);
    tracks.erase(at);
    co_return found->video;
}

void MemoryMediaStore::fail_film(Film& film, VideoError error) {
    Video& video = film.video;
    doomed_.insert(edition_prefix(video.id, video.edition));
    video.status = VideoStatus::Failed;
    video.error = std::move(error);
    video.progress = 0;
    video.playable_until = MediaTime(0);
    video.eta.reset();
    video.has_poster = video.has_sprite = false;
    video.renditions.clear();
    video.audio_tracks.clear();
    std::erase_if(video.subtitles, [](const SubtitleTrack& track) {
        return track.source == SubtitleTrack::Source::Embedded;
    });
    film.streams.clear();
    film.job.reset();
}

void MemoryMediaStore::keep(const std::vector<StoredBlob>& objects, WallTime now) {
    for (const StoredBlob& object : objects) {
        Line& line = objects_[object.key];
        LedgerLine fresh{object, now, std::nullopt, std::nullopt, ObjectFault::None};
        if (line.known.object.sha256 == object.sha256) {
            fresh.replicated_at = line.known.replicated_at;
        }
        line = Line{std::move(fresh), WallTime()};
    }
}

Async<> MemoryMediaStore::record(std::vector<StoredBlob> objects, WallTime now) {
    keep(objects, now);
    co_return Result<>();
}

Async<std::optional<StoredBlob>> MemoryMediaStore::find_object(std::string key) {
    const auto found = objects_.find(key);
    if (found == objects_.end()) co_return std::nullopt;
    co_return found->second.known.object;
}

Async<std::vector<StoredBlob>> MemoryMediaStore::objects_under(std::string prefix) {
    std::vector<StoredBlob> out;
    for (const auto& [key, line] : objects_) {
        if (lies_under(key, prefix)) out.push_back(line.known.object);
    }
    co_return out;
}

Async<std::vector<std::string>> MemoryMediaStore::doomed(int limit) {
    std::vector<std::string> keys(doomed_.begin(), doomed_.end());
    if (keys.size() > static_cast<std::size_t>(limit)) keys.resize(static_cast<std::size_t>(limit));
    co_return keys;
}

Async<> MemoryMediaStore::forget_doomed(std::string key) {
    doomed_.erase(key);
    std::erase_if(objects_, [&key](const auto& each) {
        return each.first == key || lies_under(each.first, key);
    });
    co_return Result<>();
}

Async<> MemoryMediaStore::leave_behind(std::string key, WallTime now) {
    left_.emplace(key, now);
    co_return co_await forget_doomed(std::move(key));
}

Async<std::vector<LeftBehind>> MemoryMediaStore::left_behind(std::string after, int limit) {
    std::vector<LeftBehind> out;
    for (auto each = left_.upper_bound(after); each != left_.end(); ++each) {
        if (std::ssize(out) < limit) out.push_back({each->first, each->second});
    }
    co_return out;
}

Async<> MemoryMediaStore::forget_left(std::string key) {
    left_.erase(key);
    co_return Result<>();
}

}  // namespace syncwatch
