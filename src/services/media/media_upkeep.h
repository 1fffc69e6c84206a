#pragma once
#include <atomic>
#include <memory>

#include "ports/bus.h"
#include "ports/clock.h"
#include "services/media/deleted_films.h"
#include "services/media/upload_service.h"
#include "services/media/video_library.h"

namespace syncwatch {

/// What the library does by itself while the server runs: finishes what a killed process began,
/// ends abandoned uploads, removes what accounts that are gone left behind, what was in the trash
/// for long enough, and what nothing refers to any more.
class MediaUpkeep {
public:
    /// `executor`: hears of accounts that go; run() runs on it.
    MediaUpkeep(VideoLibrary& library, UploadService& uploads, DeletedFilms& deleted, Bus& bus,
                Clock& clock, net::any_io_executor executor);

    /// Until it is cancelled. What fails is logged and done again at the next turn.
    net::awaitable<void> run();

private:
    net::awaitable<void> turn();
    net::awaitable<void> remove_ownerless();

    VideoLibrary& library_;
    UploadService& uploads_;
    DeletedFilms& deleted_;
    Clock& clock_;
    std::atomic<bool> account_gone_{true};  ///< At the start nobody knows.
    std::unique_ptr<Bus::Subscription> deletions_;
};

}  // namespace syncwatch
