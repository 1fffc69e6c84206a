#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "domain/room/room_code.h"

namespace syncwatch {

/// Who is in a room right now, as far as this process knows. Safe from any thread; never waits.
class RoomPresence {
public:
    virtual ~RoomPresence() = default;
    /// Members with a connection, or in the grace after a drop.
    virtual std::size_t present(const RoomCode& room) const = 0;
    /// Their display names, in the order they came.
    virtual std::vector<std::string> names(const RoomCode& room) const = 0;
};

}  // namespace syncwatch
