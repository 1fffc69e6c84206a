#pragma once
#include <set>
#include <string>

#include "base/async/async.h"
#include "services/rooms/room_line.h"
#include "services/rooms/screening.h"

namespace syncwatch {

/// What a room asks of the shard it lives on.
class RoomHost {
public:
    virtual ~RoomHost() = default;
    /// Runs `task` beside the room, which stays alive until it ends.
    virtual void run(std::string name, net::awaitable<void> task) = 0;
    /// The film's state changed: keep it, now or within a second.
    virtual void save(LiveRoom& room, Screening::Urgency urgency) = 0;
    /// The room ends this line: nobody will hear when its socket goes.
    virtual void forget(RoomLine& line) = 0;
    /// Codes of the notices that are in force, for whoever comes.
    virtual const std::set<std::string>& notices() const = 0;
};

}  // namespace syncwatch
