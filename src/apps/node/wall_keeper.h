#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

#include "adapters/system/system_clock.h"
#include "gateway/metrics/text.h"
#include "ports/time_reference.h"

namespace syncwatch::apps {

/// Sets this process's time of day right where the machine's is far from the one that all nodes
/// can read: tickets, leases and sessions carry times that another node compares with its own, and
/// one machine that is a minute ahead would take others' films and refuse their people.
class WallKeeper {
public:
    /// Less than that apart is what clocks are anyway; nothing that nodes compare is so short.
    static constexpr std::chrono::seconds kTolerated{2};

    /// Both outlive it.
    WallKeeper(SystemClock& clock, TimeReference& reference)
        : clock_(clock), reference_(reference) {}

    /// Reads the reference once. Errors: Unavailable; then all stays as it was.
    Async<> look();
    /// Every few seconds, until it is cancelled.
    net::awaitable<void> run();
    void write_metrics(metrics::Text& text) const;

private:
    SystemClock& clock_;
    TimeReference& reference_;
    std::atomic<std::int64_t> ahead_us_{0};  ///< The machine's clock of the reference.
};

}  // namespace syncwatch::apps
