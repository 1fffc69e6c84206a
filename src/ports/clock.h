#pragma once
#include "base/async/async.h"
#include "base/time.h"

namespace syncwatch {

/// The only source of time. Domain code receives instants; services receive a Clock.
/// Server: SystemClock. Simulation: a clock that jumps when nothing is left to do.
class Clock {
public:
    virtual ~Clock() = default;

    /// The monotonic clock of this process.
    virtual Instant now() const = 0;
    /// The time of day: for what is stored and shown, and for room time. May step.
    virtual WallTime wall() const = 0;
    /// Resumes the caller at or after `when`, on the caller's executor. Throws
    /// operation_aborted when the task is cancelled, as Asio's own waits do.
    virtual net::awaitable<void> sleep_until(Instant when) = 0;
};

}  // namespace syncwatch
