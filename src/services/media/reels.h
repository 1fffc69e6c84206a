#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/video_store.h"
#include "services/media/reel.h"
#include "services/peers/peer_answers.h"

namespace syncwatch {

/// The reels of films that are being watched, kept in memory: players ask for playlists again and
/// again. One that changed is read again when it is next asked for; while it grows, twice a second
/// at most. While the database is away they stay as they are, and one that is not kept here is one
/// that another node keeps. Safe from any thread; resumes the caller on its own executor.
class Reels {
public:
    /// `executor`: hears of changes.
    Reels(VideoStore& videos, Bus& bus, const Clock& clock, net::any_io_executor executor);

    /// Asks other nodes, and answers them, from now on. Before the first reel is asked for; `peers`
    /// outlives this one.
    void share(PeerAnswers& peers);

    /// Somebody will ask for it: it is read soon. Never waits.
    void expect(VideoId id);
    /// Reads what is expected, until it is cancelled.
    net::awaitable<void> read_ahead(Clock& clock);

    /// Errors: NotFound (reason "no_such_video"), Unavailable (and nobody keeps one).
    Async<std::shared_ptr<const Reel>> find(VideoId id);

private:
    struct Kept {
        std::shared_ptr<const Reel> reel;
        Instant read_at{};
        Instant asked_at{};
        bool changed = false;
        /// It may differ from the first segment on: another node told it, or it was complete and
        /// changed, and that could not be read.
        bool doubtful = false;
    };

    /// The kept reel if it will do.
    std::shared_ptr<const Reel> fresh(VideoId id);
    /// The kept one, however old.
    std::shared_ptr<const Reel> kept(VideoId id);
    Async<std::shared_ptr<const Reel>> ask_peers(VideoId id);
    void doubt(VideoId id);
    void forget_some();
    Async<std::shared_ptr<const Reel>> read(VideoId id, std::shared_ptr<const Reel> older);
    void keep(VideoId id, std::shared_ptr<const Reel> reel, Instant read_at);
    void note_change(const std::string& id);

    VideoStore& videos_;
    const Clock& clock_;
    PeerAnswers* peers_ = nullptr;  ///< nullptr: there are no other nodes.
    std::mutex mutex_;              // Guards the two below.
    std::map<VideoId, Kept> kept_;
    std::set<VideoId> expected_;
    std::unique_ptr<Bus::Subscription> changes_;
};

}  // namespace syncwatch
