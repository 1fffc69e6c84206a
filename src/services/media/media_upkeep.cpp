#include "services/media/media_upkeep.h"

#include <utility>

#include "base/log/log.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// So soon after an account its videos are gone.
constexpr auto kLookEvery = 2s;
constexpr auto kTurnEvery = 60s;

void note(std::string_view task, const Result<>& done) {
    if (done) return;
    log::warning("media.upkeep_failed", {{"task", task}, {"error", done.error().message}});
}

}  // namespace

MediaUpkeep::MediaUpkeep(VideoLibrary& library, UploadService& uploads, DeletedFilms& deleted,
                         Bus& bus, Clock& clock, net::any_io_executor executor)
    : library_(library), uploads_(uploads), deleted_(deleted), clock_(clock) {
    auto gone = [this](const std::string&) { account_gone_ = true; };
    deletions_ = bus.subscribe(topics::kAccountDeleted, std::move(executor), std::move(gone));
}

net::awaitable<void> MediaUpkeep::run() {
    note("recover", co_await uploads_.recover());
    for (Instant next = clock_.now();;) {
        if (account_gone_.exchange(false)) co_await remove_ownerless();
        if (deleted_.is_stale()) note("deleted", co_await deleted_.refresh());
        if (clock_.now() >= next) {
            co_await turn();
            next = clock_.now() + kTurnEvery;
        }
        co_await clock_.sleep_until(clock_.now() + kLookEvery);
    }
}

net::awaitable<void> MediaUpkeep::remove_ownerless() {
    const Result<> removed = co_await library_.remove_ownerless();
    if (!removed) account_gone_ = true;
    note("ownerless", removed);
}

net::awaitable<void> MediaUpkeep::turn() {
    note("expire", co_await uploads_.expire());
    note("pending", co_await uploads_.finish_pending());
    note("trash", co_await library_.empty_trash());
    note("doomed", co_await library_.remove_doomed());
    note("deleted", co_await deleted_.refresh());
    note("originals", co_await library_.settle_originals());
}

}  // namespace syncwatch
