#include "services/media/deleted_films.h"

#include <utility>

#include "ports/topics.h"

namespace syncwatch {

DeletedFilms::DeletedFilms(VideoStore& videos, Bus& bus, net::any_io_executor executor)
    : videos_(videos) {
    auto changed = [this](const std::string&) { stale_ = true; };
    changes_ = bus.subscribe(topics::kTrashChanged, std::move(executor), std::move(changed));
}

bool DeletedFilms::has(VideoId id) const {
    const std::lock_guard lock(mutex_);
    return films_.contains(id);
}

Async<> DeletedFilms::refresh() {
    stale_ = false;
    const auto ids = co_await videos_.ids_in_trash(kMost);
    if (!ids) {
        stale_ = true;
        co_return fail(ids.error());
    }
    const std::lock_guard lock(mutex_);
    films_ = std::set<VideoId>(ids->begin(), ids->end());
    co_return Result<>();
}

}  // namespace syncwatch
