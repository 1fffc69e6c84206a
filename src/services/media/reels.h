#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/video_store.h"

namespace syncwatch {

/// A film as its players need it: the video and the segments of each stream. Never changed; a newer
/// state is another reel.
struct Reel {
    Video video;
    std::map<std::string, std::vector<Segment>, std::less<>> streams;

    /// Nothing will be added to its streams any more.
    bool is_complete() const { return video.status == VideoStatus::Ready; }
};

/// The reels of films that are being watched, kept in memory: players ask for playlists again and
/// again. One that changed is read again when it is next asked for; while it grows, twice a second
/// at most. Safe from any thread; resumes the caller on its own executor.
class Reels {
public:
    /// `executor`: hears of changes.
    Reels(VideoStore& videos, Bus& bus, const Clock& clock, net::any_io_executor executor);

    /// Errors: NotFound (reason "no_such_video"), Unavailable (and there is no older one).
    Async<std::shared_ptr<const Reel>> find(VideoId id);

private:
    struct Kept {
        std::shared_ptr<const Reel> reel;
        Instant read_at{};
        Instant asked_at{};
        bool changed = false;
    };

    /// The kept reel if it will do.
    std::shared_ptr<const Reel> fresh(VideoId id);
    Async<std::shared_ptr<const Reel>> read(VideoId id, std::shared_ptr<const Reel> older);
    void keep(VideoId id, std::shared_ptr<const Reel> reel, Instant read_at);
    void note_change(const std::string& id);

    VideoStore& videos_;
    const Clock& clock_;
    std::mutex mutex_;  // Guards kept_.
    std::map<VideoId, Kept> kept_;
    std::unique_ptr<Bus::Subscription> changes_;
};

}  // namespace syncwatch
