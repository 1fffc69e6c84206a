#include "domain/playback/lead.h"

#include <algorithm>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr microseconds kMost = 500ms;
constexpr microseconds kMostSeek = 800ms;
/// What a browser needs from a command to a running clock: 60 ms, more on a busy machine.
constexpr microseconds kStart = 100ms;
/// The same by way of a seek into buffered film, where nobody says that it takes longer: Chromium
/// has the picture after 30 to 90 ms.
constexpr microseconds kJump = 180ms;
/// A report older than this says nothing about the way.
constexpr microseconds kLongestDelay = 5s;
/// A client's idea of room time is this wrong at most while it means it.
constexpr microseconds kClockError = 1s;

}  // namespace

void DelayWindow::add(microseconds delay, WallTime now) {
    if (now - began_ >= kSpan) {
        previous_ = now - began_ >= 2 * kSpan ? 0us : current_;
        current_ = 0us;
        began_ = now;
    }
    current_ = std::max(current_, delay);
}

microseconds DelayWindow::worst(WallTime now) const {
    if (now - began_ >= 2 * kSpan) return 0us;
    return std::max(current_, previous_);
}

std::optional<microseconds> delay_of(WallTime sent, WallTime received) {
    const microseconds delay = received - sent;
    if (delay > kLongestDelay || delay < -kClockError) return std::nullopt;
    return std::max(delay, 0us);
}

Lead lead_for(microseconds worst_delay, microseconds longest_jump) {
    // The way back is as long as the way here, and half as long again when it is not.
    const microseconds way = worst_delay * 3 / 2;
    return {std::min(way + kStart, kMost),
            std::min(way + std::max(longest_jump, kJump), kMostSeek)};
}

}  // namespace syncwatch
