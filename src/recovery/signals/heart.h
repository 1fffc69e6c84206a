#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "ports/clock.h"
#include "ports/pulse.h"

namespace syncwatch::recovery {

struct HeartStatus {
    WallTime last{};      ///< When it last was heard that all is well.
    std::string trouble;  ///< Why the last beat was not heard; empty: it was.
};

/// Beats once a minute while all is well, as the node that makes the backups, so that somebody
/// outside notices silence, whatever it comes from.
class Heart {
public:
    /// Whether all is well; nullopt: another node says it. From the heart's thread.
    using Watch = std::function<std::optional<bool>()>;

    /// All outlive it.
    Heart(Pulse& pulse, Clock& clock, Watch watch)
        : pulse_(pulse), clock_(clock), watch_(std::move(watch)) {}

    /// Goes on until it is cancelled. On one thread.
    net::awaitable<void> run();
    /// A beat, if it is time for one. For tests, and run().
    net::awaitable<void> go_round();
    /// Safe from any thread.
    HeartStatus status() const;

private:
    Pulse& pulse_;
    Clock& clock_;
    const Watch watch_;
    Instant next_{};
    mutable std::mutex mutex_;  // Guards status_.
    HeartStatus status_;
};

}  // namespace syncwatch::recovery
