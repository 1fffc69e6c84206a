#include "services/media/video_admin.h"

#include <algorithm>
#include <utility>

#include "ports/topics.h"

namespace syncwatch {
namespace {

constexpr int kAll = 1'000'000;
constexpr int kPurgedAtOnce = 100;

}  // namespace

Async<std::vector<Video>> VideoAdmin::list() {
    co_return co_await powers_.videos.all_videos(kAll);
}

Async<Video> VideoAdmin::find(VideoId id) {
    co_return co_await powers_.videos.find(id);
}

Async<Video> VideoAdmin::remove(VideoId id) {
    SW_CO_TRY(Video video, co_await powers_.videos.find(id));
    SW_CO_CHECK(co_await powers_.videos.put_into_trash(id, powers_.clock.wall()));
    announce(id);
    SW_CO_CHECK(co_await audit("video.deleted", id));
    co_return video;
}

Async<Video> VideoAdmin::purge(VideoId id) {
    auto video = co_await powers_.videos.find(id);
    if (!video) {
        SW_CO_TRY(const auto in_trash, co_await powers_.videos.trash(kAll));
        const auto found =
            std::ranges::find(in_trash, id, [](const DeletedVideo& each) { return each.video.id; });
        if (found == in_trash.end()) co_return fail(std::move(video).error());
        video = found->video;
    }
    SW_CO_CHECK(co_await powers_.videos.remove(id));
    announce(id);
    SW_CO_CHECK(co_await audit("video.purged", id));
    co_return *std::move(video);
}

Async<std::size_t> VideoAdmin::purge_all(WallTime before) {
    std::size_t count = 0;
    for (bool more = true; more;) {
        SW_CO_TRY(const auto gone, co_await powers_.videos.empty_trash(before, kPurgedAtOnce));
        for (const VideoId id : gone) SW_CO_CHECK(co_await audit("video.purged", id));
        count += gone.size();
        more = gone.size() == kPurgedAtOnce;
    }
    co_return count;
}

Async<std::vector<DeletedVideo>> VideoAdmin::deleted() {
    co_return co_await powers_.videos.trash(kAll);
}

Async<Video> VideoAdmin::undelete(VideoId id) {
    SW_CO_TRY(const auto in_trash, co_await powers_.videos.ids_in_trash(kAll));
    SW_CO_TRY(Video video, co_await powers_.videos.undelete(id));
    if (std::ranges::find(in_trash, id) == in_trash.end()) co_return video;
    announce(id);
    SW_CO_CHECK(co_await audit("video.undeleted", id));
    co_return video;
}

Async<> VideoAdmin::audit(std::string action, VideoId id) {
    AuditEntry entry;
    entry.actor = "operator";
    entry.action = std::move(action);
    entry.subject = id.text();
    co_return co_await powers_.audit.record(std::move(entry));
}

Async<Video> VideoAdmin::retry(VideoId id) {
    const WallTime now = powers_.clock.wall();
    SW_CO_CHECK(co_await powers_.jobs.retry(id, powers_.random.make_id<JobId>(now), now));
    announce(id);
    co_return co_await powers_.videos.find(id);
}

void VideoAdmin::announce(VideoId id) {
    powers_.bus.publish(topics::kVideoChanged, id.text());
    powers_.bus.publish(topics::kTrashChanged, id.text());
}

}  // namespace syncwatch
