#pragma once
#include <optional>

#include "base/uuid.h"

namespace syncwatch {

/// What somebody presses.
struct RoomControl {
    enum class Action : std::uint8_t { Play, Pause, Seek, Rate, Select, Next };
    Action action = Action::Play;
    std::optional<double> position;
    double rate = 1;
    ItemId item;
};

}  // namespace syncwatch
