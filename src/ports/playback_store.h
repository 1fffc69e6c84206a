#pragma once
#include <optional>
#include <vector>

#include "base/async/async.h"
#include "domain/playback/playback.h"
#include "domain/room/room_code.h"

namespace syncwatch {

/// The state of a room's film as it is kept.
struct SavedPlayback {
    RoomCode room;
    Playback playback;
    bool held = false;    ///< It stands because the room waits: it wants to run.
    WallTime saved_at{};  ///< When somebody last was sure of it.
    bool operator==(const SavedPlayback&) const = default;
};

/// Where films stand in rooms. Written behind: what is kept is a second old at most. All fail with
/// Unavailable (component "database"). All pass tests/contract/playback_store_contract.h.
class PlaybackStore {
public:
    virtual ~PlaybackStore() = default;

    /// nullopt: nothing was ever on.
    virtual Async<std::optional<SavedPlayback>> load(RoomCode room) = 0;
    /// Keeps each, if its stamp is not older than the kept one's; durable when it returns. Rooms
    /// that are gone are passed by.
    virtual Async<> save(std::vector<SavedPlayback> states) = 0;
};

}  // namespace syncwatch
