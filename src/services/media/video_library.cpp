#include "services/media/video_library.h"

#include <algorithm>
#include <utility>

#include "base/log/log.h"
#include "domain/media/title.h"
#include "ports/topics.h"

namespace syncwatch {

void VideoLibrary::announce(VideoId id) {
    powers_.bus.publish(topics::kVideoChanged, id.text());
}

Async<VideoView> VideoLibrary::view(Video video) {
    VideoView view;
    if (video.status == VideoStatus::Uploading) {
        SW_CO_TRY(view.upload, co_await powers_.uploads.state_of(video.id));
    }
    view.link = powers_.links.sign(video.id, powers_.clock.wall());
    view.video = std::move(video);
    co_return view;
}

Async<Video> VideoLibrary::owned(Principal who, VideoId id) {
    SW_CO_TRY(Video video, co_await powers_.videos.find(id));
    if (video.owner != who.user && !who.admin) {
        co_return fail(ErrorCode::Forbidden, "somebody else's video");
    }
    co_return video;
}

Async<std::vector<VideoView>> VideoLibrary::list(Principal who, Whose whose) {
    if (whose == Whose::Everybodys && !who.admin) {
        co_return fail(ErrorCode::Forbidden, "only an admin sees everybody's videos");
    }
    std::vector<Video> found;
    if (whose == Whose::Mine) {
        SW_CO_TRY(found, co_await powers_.videos.videos_of(who.user, options_.most_listed));
    } else {
        SW_CO_TRY(found, co_await powers_.videos.all_videos(options_.most_listed));
    }
    std::vector<VideoView> views;
    views.reserve(found.size());
    for (Video& each : found) {
        SW_CO_TRY(VideoView one, co_await view(std::move(each)));
        views.push_back(std::move(one));
    }
    co_return views;
}

Async<VideoView> VideoLibrary::get(Principal who, VideoId id) {
    SW_CO_TRY(Video video, co_await owned(who, id));
    co_return co_await view(std::move(video));
}

Async<VideoView> VideoLibrary::rename(Principal who, VideoId id, std::string title) {
    SW_CO_CHECK(co_await owned(who, id));
    SW_CO_TRY(std::string valid, valid_title(title));
    SW_CO_TRY(Video video, co_await powers_.videos.rename(id, std::move(valid)));
    announce(id);
    co_return co_await view(std::move(video));
}

Async<> VideoLibrary::remove(Principal who, VideoId id, std::string address) {
    SW_CO_CHECK(co_await owned(who, id));
    if (keeps_deleted()) {
        SW_CO_CHECK(co_await put_into_trash(id));
    } else {
        SW_CO_CHECK(co_await remove_video(id));
    }
    AuditEntry entry;
    entry.actor = who.user.text();
    entry.address = std::move(address);
    entry.action = "video.deleted";
    entry.subject = id.text();
    co_await audit(std::move(entry));
    co_return Result<>();
}

bool VideoLibrary::keeps_deleted() const {
    return options_.keep_deleted != std::chrono::seconds(0);
}

// Of an upload under way there is nothing that anybody could watch.
Async<> VideoLibrary::put_into_trash(VideoId id) {
    SW_CO_TRY(const bool with_upload, co_await powers_.uploads.remove_of(id));
    if (!with_upload) {
        SW_CO_CHECK(co_await powers_.videos.put_into_trash(id, powers_.clock.wall()));
        powers_.bus.publish(topics::kTrashChanged, id.text());
    }
    announce(id);
    co_return Result<>();
}

// From the first write on it is gone for everybody; what is left of its objects is written down
// with it, and goes now or, if something breaks, later.
Async<> VideoLibrary::remove_video(VideoId id) {
    SW_CO_TRY(const bool with_upload, co_await powers_.uploads.remove_of(id));
    if (!with_upload) SW_CO_CHECK(co_await powers_.videos.remove(id));
    announce(id);
    const Result<> swept = co_await remove_doomed();
    if (!swept) log::warning("objects.not_removed", {{"error", swept.error().message}});
    co_return Result<>();
}

Async<VideoView> VideoLibrary::retry(Principal who, VideoId id) {
    SW_CO_CHECK(co_await owned(who, id));
    const WallTime now = powers_.clock.wall();
    SW_CO_CHECK(co_await powers_.jobs.retry(id, powers_.random.make_id<JobId>(now), now));
    announce(id);
    SW_CO_TRY(Video video, co_await powers_.videos.find(id));
    co_return co_await view(std::move(video));
}

Async<VideoView> VideoLibrary::cancel(Principal who, VideoId id) {
    SW_CO_CHECK(co_await owned(who, id));
    SW_CO_CHECK(co_await powers_.jobs.cancel(id));
    announce(id);
    SW_CO_TRY(Video video, co_await powers_.videos.find(id));
    co_return co_await view(std::move(video));
}

RoomFilm VideoLibrary::room_film(const VideoView& view) const {
    const Video& video = view.video;
    RoomFilm film;
    film.video = video.id;
    film.title = video.title;
    if (video.duration.count() > 0) film.duration = video.duration.count();
    film.playable_until = video.playable_until.count();
    film.status = video.status;
    film.progress = view.progress();
    film.error = video.error;
    const std::string& base = view.link.base;
    if (video.is_playable()) film.master = base + std::string(kMasterName);
    if (video.has_sprite) film.sprite = base + std::string(kSpriteName);
    if (video.has_poster) {
        const WallTime now = powers_.clock.wall();
        const auto door = powers_.links.sign(video.id, now, MediaLinks::Opens::Poster);
        film.poster = base + std::string(kPosterName);
        film.door_poster = door.base + std::string(kPosterName);
    }
    for (const SubtitleTrack& track : video.subtitles) {
        film.subtitles.push_back(
            {track.id, track.language, track.title, subtitle_path(view.link, track)});
    }
    film.paths_until = view.link.until;
    return film;
}

Async<std::vector<RoomFilm>> VideoLibrary::find(std::vector<VideoId> videos) {
    std::vector<RoomFilm> films;
    films.reserve(videos.size());
    for (const VideoId id : videos) {
        auto video = co_await powers_.videos.find(id);
        if (!video && video.error().code == ErrorCode::NotFound) continue;
        if (!video) co_return fail(video.error());
        SW_CO_TRY(const VideoView one, co_await view(*std::move(video)));
        films.push_back(room_film(one));
    }
    co_return films;
}

Async<> VideoLibrary::check_may_queue(Principal who, VideoId video) {
    SW_CO_CHECK(co_await owned(who, video));
    co_return Result<>();
}

net::awaitable<void> VideoLibrary::audit(AuditEntry entry) {
    const std::string_view action = entry.action;
    const auto recorded = co_await powers_.audit.record(std::move(entry));
    if (!recorded) {
        log::warning("audit.not_recorded",
                     {{"action", action}, {"error", recorded.error().message}});
    }
}

}  // namespace syncwatch
