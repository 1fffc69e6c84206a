#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "ports/clock.h"

namespace syncwatch {

/// Spreads work over time: after so many bytes a pause, so that on average there are no more than
/// `bytes_per_second`. One executor.
class Pace {
public:
    /// A large object is not slowed down itself, and those behind it do not wait longer than this.
    static constexpr std::chrono::seconds kLongestPause{10};

    /// 0: no pauses.
    explicit Pace(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

    /// Until when to wait now that `bytes` were handled.
    Instant after(std::uint64_t bytes, Instant now) {
        if (rate_ == 0) return now;
        constexpr double kMicros = 1e6;
        const auto cost = std::chrono::microseconds(static_cast<std::int64_t>(
            kMicros * static_cast<double>(bytes) / static_cast<double>(rate_)));
        next_ = std::min(std::max(next_, now) + cost, now + Instant::duration(kLongestPause));
        return next_;
    }

private:
    const std::uint64_t rate_;
    Instant next_{};
};

}  // namespace syncwatch
