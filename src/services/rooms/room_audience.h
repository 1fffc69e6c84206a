#pragma once

namespace syncwatch {

class RoomLine;

/// Everybody in a room, as whoever speaks to them keeps them: what is said to all of them costs
/// less than saying it to each.
class RoomAudience {
public:
    RoomAudience() = default;
    RoomAudience(const RoomAudience&) = delete;
    RoomAudience& operator=(const RoomAudience&) = delete;
    virtual ~RoomAudience() = default;

    /// The line hears what is said from now on.
    virtual void add(RoomLine& line) = 0;
    /// It hears nothing that is said later. A line that is not here is none of its business.
    virtual void remove(RoomLine& line) = 0;
};

}  // namespace syncwatch
