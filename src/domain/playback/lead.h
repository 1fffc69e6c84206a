#pragma once
#include <chrono>
#include <optional>

#include "base/time.h"

namespace syncwatch {

/// The worst delay of one member in the last while: what a scheduled start must allow for.
class DelayWindow {
public:
    /// A sample is remembered for one to two of these.
    static constexpr std::chrono::seconds kSpan{10};

    void add(std::chrono::microseconds delay, WallTime now);
    std::chrono::microseconds worst(WallTime now) const;

private:
    WallTime began_{};
    std::chrono::microseconds current_{0};
    std::chrono::microseconds previous_{0};
};

/// How long a report was on its way, going by the room time its sender put on it. nullopt: that
/// time is no room time at all (a client that does not know it yet, or lies).
std::optional<std::chrono::microseconds> delay_of(WallTime sent, WallTime received);

/// How far ahead to schedule what shall start together, from the worst delay of all members:
/// a command must reach everybody, and each needs a moment to act on it. 80 to 500 ms.
std::chrono::microseconds lead_for(std::chrono::microseconds worst_delay);

/// The same where the place has to be sought before anything can start: 180 to 500 ms.
std::chrono::microseconds lead_for_seek(std::chrono::microseconds lead);

}  // namespace syncwatch
