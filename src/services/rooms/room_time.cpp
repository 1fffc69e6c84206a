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

std::chrono::microseconds RoomTime::error() const {
    return clock_.wall() - now();
}

}  // namespace syncwatch
