#include "services/rooms/now_on.h"

#include <utility>
#include <vector>

namespace syncwatch {

net::awaitable<std::optional<RoomFilm>> NowOn::film(RoomView room) {
    if (!room.open_to_asker) co_return std::nullopt;
    auto found = co_await look_up(room.room.code);
    if (!found) co_return std::nullopt;
    co_return *std::move(found);
}

Async<std::optional<RoomFilm>> NowOn::look_up(RoomCode room) {
    SW_CO_TRY(const auto saved, co_await playback_.load(room));
    if (!saved || !saved->playback.video) co_return std::nullopt;
    std::vector<VideoId> wanted{*saved->playback.video};
    SW_CO_TRY(auto films, co_await films_.find(std::move(wanted)));
    if (films.empty()) co_return std::nullopt;
    co_return std::move(films.front());
}

}  // namespace syncwatch
