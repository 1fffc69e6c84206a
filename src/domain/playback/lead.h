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

/// How far ahead to schedule what shall start together.
struct Lead {
    std::chrono::microseconds start{0};  ///< From where everybody stands: 100 to 500 ms.
    std::chrono::microseconds seek{0};   ///< From a place to be sought first: 180 to 800 ms.

    bool operator==(const Lead&) const = default;
};

/// A command must reach everybody, by the worst delay of all members, and each needs a moment to
/// act on it: for a seek as long as the slowest says, `longest_jump`.
Lead lead_for(std::chrono::microseconds worst_delay, std::chrono::microseconds longest_jump);

}  // namespace syncwatch
