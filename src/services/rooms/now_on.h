#pragma once
#include <optional>

#include "domain/media/room_film.h"
#include "ports/playback_store.h"
#include "services/rooms/room_directory.h"
#include "services/rooms/room_films.h"

namespace syncwatch {

/// What is on in a room, for whoever stands at its door: they see a still of it before they come
/// in. Safe from any thread.
class NowOn {
public:
    NowOn(PlaybackStore& playback, RoomFilms& films) : playback_(playback), films_(films) {}

    /// nullopt: nothing, or the room is not open to whoever saw it so. A film that cannot be looked
    /// up now is not told either: the door opens without it.
    net::awaitable<std::optional<RoomFilm>> film(RoomView room);

private:
    Async<std::optional<RoomFilm>> look_up(RoomCode room);

    PlaybackStore& playback_;
    RoomFilms& films_;
};

}  // namespace syncwatch
