#pragma once
#include "base/async/async.h"
#include "domain/account/principal.h"
#include "domain/room/room_code.h"

namespace syncwatch {

/// The queues of rooms, as uploads see them: a film that somebody drops onto a room stands in its
/// queue from the first byte on. Implemented over the live rooms.
class RoomShelf {
public:
    virtual ~RoomShelf() = default;
    /// Puts the video at the end of the room's queue, as `who`. Errors: NotFound ("no_such_room"),
    /// Forbidden (may not control the room, or is banned from it), Exhausted (the queue is full).
    virtual Async<> put(Principal who, RoomCode room, VideoId video) = 0;
};

}  // namespace syncwatch
