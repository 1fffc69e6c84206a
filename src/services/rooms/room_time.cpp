#include "services/rooms/room_time.h"

#include <algorithm>

namespace syncwatch {

void RoomTime::begin_use() {
    if (users_.fetch_add(1) == 0) adopt();
}

void RoomTime::discipline() {
    using namespace std::chrono_literals;
    const std::int64_t now = clock_.now().time_since_epoch().count();
    std::int64_t last = drawn_at_us_.load();
    constexpr std::int64_t kEvery = std::chrono::microseconds(1s).count();
    if (now - last < kEvery || !drawn_at_us_.compare_exchange_strong(last, now)) return;
    const auto step = std::clamp(error(), -kMostDrawn, kMostDrawn);
    offset_us_.fetch_add(step.count(), std::memory_order_relaxed);
}

void RoomTime::adopt() {
    offset_us_.fetch_add(error().count(), std::memory_order_relaxed);
}

void RoomTime::refer(WallTime time) {
    const auto ahead = time.time_since_epoch() - clock_.now().time_since_epoch();
    reference_us_.store(ahead.count());
    // Nobody lives by it yet: there is nothing that could jump.
    if (users_.load() == 0) adopt();
}

std::chrono::microseconds RoomTime::error() const {
    const std::int64_t ahead = reference_us_.load(std::memory_order_relaxed);
    if (ahead == kNoReference) return clock_.wall() - now();
    const WallTime theirs(clock_.now().time_since_epoch() + std::chrono::microseconds(ahead));
    return theirs - now();
}

}  // namespace syncwatch
