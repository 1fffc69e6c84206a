#pragma once
#include "services/rooms/room_copy.h"
#include "services/rooms/room_powers.h"

namespace syncwatch {

/// Everything that the stores have of a room, with its newest `history` messages. Errors:
/// Unavailable, NotFound.
Async<RoomCopy> read_stored_room(RoomPowers& powers, ListedRoom listed, int history);

/// What is decided about a room: its settings, staff and bans. Errors: the same.
Async<RoomCopy> read_decisions(RoomPowers& powers, RoomCode code);

}  // namespace syncwatch
