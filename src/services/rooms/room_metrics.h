#pragma once
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/histogram.h"

namespace syncwatch {

/// What rooms count, for whoever exports it. Each value by itself is exact; all are safe from any
/// thread.
struct RoomMetrics {
    using Count = std::atomic<std::uint64_t>;
    using Level = std::atomic<std::int64_t>;

    Level rooms{0};    ///< Live ones.
    Level members{0};  ///< People present, grace included.
    Level lines{0};    ///< Sockets inside rooms.

    Count joins{0};
    Count resumes{0};  ///< Came back within the grace.
    Count lost{0};     ///< Dropped and not back within the grace.
    Count kicked{0};
    Count controls{0};
    Count refused{0};  ///< Frames answered with an error.
    Count chat_messages{0};
    Count reactions{0};
    Count holds{0};
    Count holds_timed_out{0};  ///< Ended by the deadline, not by being ready.
    Count refused_stamps{0};   ///< States from a clock that is too far ahead, or was.
    Count peer_news{0};        ///< Heard from other nodes.
    Count bad_peer_news{0};    ///< That could not be read.
    Count peer_gaps{0};        ///< Times that something of another node's was missing.
    Count failed_saves{0};     ///< Of playback states; each is tried again.

    /// How far off the pictures of playing members are, as they report it, absolute.
    struct Drift {
        static constexpr std::array<double, 12> kBoundsMs{1,  2,   5,   10,  20,   40,
                                                          80, 150, 300, 600, 1000, 2500};
        std::array<Count, kBoundsMs.size() + 1> buckets{};  ///< The last: beyond all bounds.
        Count sum_us{0};

        void observe(double drift_ms) {
            const double off = std::abs(drift_ms);
            std::size_t bucket = 0;
            while (bucket < kBoundsMs.size() && off > kBoundsMs[bucket]) ++bucket;
            buckets[bucket].fetch_add(1, std::memory_order_relaxed);
            // A report may say anything; a sum must not run over for it.
            sum_us.fetch_add(static_cast<std::uint64_t>(std::fmin(off, 1e7) * 1000),
                             std::memory_order_relaxed);
        }
    };
    Drift drift;

    /// From a command at another node until it is known here, seconds, by the common clock.
    LatencyHistogram fan_out{kLatencyBounds};
};

}  // namespace syncwatch
