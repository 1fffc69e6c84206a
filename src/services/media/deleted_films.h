#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <set>

#include "ports/bus.h"
#include "ports/video_store.h"

namespace syncwatch {

/// Which films are in the trash, so that players get nothing of them although it is all still
/// there: a look that never waits for the database. A change shows when somebody has called
/// refresh(), within seconds; without the database it stays as it was. Safe from any thread.
class DeletedFilms {
public:
    /// More than that are not known of; their playlists are gone all the same.
    static constexpr int kMost = 100'000;

    /// `executor` hears of changes. `videos` outlives this.
    DeletedFilms(VideoStore& videos, Bus& bus, net::any_io_executor executor);

    bool has(VideoId id) const;
    /// Something has changed since the last refresh().
    bool is_stale() const { return stale_; }
    /// Reads them all. Errors: Unavailable (it stays stale).
    Async<> refresh();

private:
    VideoStore& videos_;
    std::atomic<bool> stale_{true};
    mutable std::mutex mutex_;  // Guards films_.
    std::set<VideoId> films_;
    std::unique_ptr<Bus::Subscription> changes_;
};

}  // namespace syncwatch
