#pragma once
#include <chrono>
#include <cstdint>

namespace syncwatch::relay {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// How bad one direction is. What is zero does not happen.
struct Conditions {
    Duration delay{0};
    /// Each packet is off the delay by up to this much, either way, evenly.
    Duration jitter{0};
    /// The chance of each packet to be lost. UDP drops it; TCP repeats it after `pause`.
    double loss = 0;
    /// What a lost packet costs a TCP connection; twice as much for each time it is lost again.
    Duration pause = std::chrono::milliseconds(200);
    /// Of all connections together; 0: without limit.
    std::uint64_t bytes_per_second = 0;
    bool operator==(const Conditions&) const = default;
};

enum class Direction : std::uint8_t { Up, Down };  ///< To the target, from the target.

}  // namespace syncwatch::relay
