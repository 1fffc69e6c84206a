#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.h"

namespace syncwatch {

/// How a road does, by the beats that this node sends itself over it: a server that is slow or
/// hangs is noticed like one that is gone. Pure.
class LinkHealth {
public:
    struct Options {
        /// A beat that takes this long makes the road unfit.
        std::chrono::milliseconds limit{1000};
        /// How long it must have been fit to be trusted again.
        std::chrono::milliseconds trusted_after{3000};
    };

    LinkHealth(Options options, Instant start) : options_(options), since_(start) {}

    void set_connected(bool connected, Instant now);
    void sent(std::uint64_t beat, Instant now);
    /// The node's own beat came back.
    void heard(std::uint64_t beat, Instant now);

    bool connected() const { return connected_; }
    /// Connected, and beats come back within the limit. At the start it is given the limit's time.
    bool fit(Instant now) const;
    /// To be called at least every few hundred ms: fit, and for long enough if it was not before.
    bool trusted(Instant now);
    /// Of the last beat that came back.
    std::optional<std::chrono::microseconds> latency() const { return latency_; }

private:
    struct Beat {
        std::uint64_t number;
        Instant sent;
    };
    /// How far behind the road is.
    std::chrono::microseconds lag(Instant now) const;

    const Options options_;
    Instant since_;  ///< Of the connection, or of the wait for it.
    bool connected_ = false;
    bool was_connected_ = false;
    bool answered_ = false;  ///< On this connection.
    bool trusted_ = true;
    std::optional<Instant> fit_since_;
    std::deque<Beat> under_way_;
    std::optional<std::chrono::microseconds> latency_;
};

}  // namespace syncwatch
