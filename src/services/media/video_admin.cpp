#include "services/media/video_admin.h"

#include <utility>

#include "ports/topics.h"

namespace syncwatch {
namespace {

constexpr int kAll = 1'000'000;

}  // namespace

Async<std::vector<Video>> VideoAdmin::list() {
    co_return co_await powers_.videos.all_videos(kAll);
}

Async<Video> VideoAdmin::find(VideoId id) {
    co_return co_await powers_.videos.find(id);
}

Async<Video> VideoAdmin::remove(VideoId id) {
    SW_CO_TRY(Video video, co_await powers_.videos.find(id));
    SW_CO_CHECK(co_await powers_.videos.remove(id));
    announce(id);
    AuditEntry entry;
    entry.actor = "operator";
    entry.action = "video.deleted";
    entry.subject = id.text();
    SW_CO_CHECK(co_await powers_.audit.record(std::move(entry)));
    co_return video;
}

Async<Video> VideoAdmin::retry(VideoId id) {
    const WallTime now = powers_.clock.wall();
    SW_CO_CHECK(co_await powers_.jobs.retry(id, powers_.random.make_id<JobId>(now), now));
    announce(id);
    co_return co_await powers_.videos.find(id);
}

void VideoAdmin::announce(VideoId id) {
    powers_.bus.publish(topics::kVideoChanged, id.text());
}

}  // namespace syncwatch
