#pragma once
#include "ports/clock.h"

namespace syncwatch {

/// The machine's own clocks and timers.
class SystemClock final : public Clock {
public:
    Instant now() const override;
    WallTime wall() const override;
    net::awaitable<void> sleep_until(Instant when) override;
};

}  // namespace syncwatch
