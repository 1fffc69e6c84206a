#include "adapters/linked_bus/link_health.h"

#include <algorithm>

namespace syncwatch {
namespace {

/// The oldest count: nobody asks after more.
constexpr std::size_t kMostUnderWay = 64;

}  // namespace

void LinkHealth::set_connected(bool connected, Instant now) {
    connected_ = connected;
    was_connected_ = was_connected_ || connected;
    answered_ = false;
    since_ = now;
    under_way_.clear();
}

void LinkHealth::sent(std::uint64_t beat, Instant now) {
    if (under_way_.size() < kMostUnderWay) under_way_.push_back({beat, now});
}

void LinkHealth::heard(std::uint64_t beat, Instant now) {
    while (!under_way_.empty() && under_way_.front().number <= beat) {
        const Beat first = under_way_.front();
        under_way_.pop_front();
        if (first.number != beat) continue;
        latency_ = now - first.sent;
        answered_ = true;
    }
}

std::chrono::microseconds LinkHealth::lag(Instant now) const {
    std::chrono::microseconds lag{0};
    if (!answered_) lag = now - since_;
    if (answered_ && latency_) lag = *latency_;
    if (!under_way_.empty()) lag = std::max(lag, now - under_way_.front().sent);
    return lag;
}

bool LinkHealth::fit(Instant now) const {
    // A break is known at once, a server that was never there only by time.
    if (!connected_ && was_connected_) return false;
    return lag(now) < options_.limit;
}

bool LinkHealth::trusted(Instant now) {
    if (!fit(now)) {
        trusted_ = false;
        fit_since_.reset();
        return false;
    }
    if (trusted_) return true;
    if (!answered_) return false;
    if (!fit_since_) fit_since_ = now;
    trusted_ = now - *fit_since_ >= options_.trusted_after;
    return trusted_;
}

}  // namespace syncwatch
