#pragma once
#include <cstdint>
#include <string>

#include "services/rooms/tickets.h"

namespace syncwatch {

class LiveRoom;
struct Present;

/// Why a conversation is ended from our side.
enum class Ending : std::uint8_t {
    Kicked,  ///< Or banned.
    NoSuchRoom,
    WhoAreYou,
    NoHello,
    Restarting,
    Overloaded,  ///< Or a part that is needed is down: come back later.
};

/// One open socket of somebody in a room, or on their way in. Everything on the room's shard.
class RoomLine {
public:
    /// The room's notes about it; nobody else's.
    struct Notes {
        std::uint64_t serial = 0;  ///< Among the lines of the shard.
        bool hello = false;        ///< It said hello.
        LiveRoom* room = nullptr;  ///< Set while it is inside.
        Present* member = nullptr;
        std::size_t place = 0;  ///< In the room's list of lines.
        /// It goes on where another one dropped: what that one asked may be asked again.
        bool resumed = false;
        /// Its player played, or stood ready, once: from then on it is waited for.
        bool ready_once = false;
        /// Stands for the whole of the request that is being taken.
        std::uint64_t request = 0;
    };

    explicit RoomLine(JoinGrant allowed) : grant(std::move(allowed)) {}
    RoomLine(const RoomLine&) = delete;
    RoomLine& operator=(const RoomLine&) = delete;
    virtual ~RoomLine() = default;

    /// It is inside, and its welcome was said: what it says goes to `notes.room` from here on.
    virtual void entered() = 0;
    /// It is over: say why and close. The room knows it no more.
    virtual void end(Ending why) = 0;

    const JoinGrant grant;
    Notes notes;
};

}  // namespace syncwatch
