// The part of RoomShard that ends.
#include <algorithm>
#include <utility>

#include "services/rooms/room_shard.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr auto kSlice = 50ms;
constexpr auto kPatience = 3s;
/// When clients may come back: spread, so that they do not all come at once.
constexpr std::chrono::milliseconds kRetryLeast = 250ms;
constexpr int kRetrySteps = 16;
constexpr std::chrono::milliseconds kRetryStep = 50ms;

}  // namespace

net::awaitable<void> RoomShard::drain(std::chrono::milliseconds spread) {
    draining_ = true;
    subscriptions_.clear();
    co_await say_goodbyes(spread);
    const Instant deadline = powers_.clock.now() + kPatience;
    const auto busy = [this] {
        return saving_ || std::ranges::any_of(rooms_, [](const auto& each) {
                   return each.second->room && each.second->room->is_busy();
               });
    };
    while (busy() && powers_.clock.now() < deadline) {
        co_await powers_.clock.sleep_until(powers_.clock.now() + 10ms);
    }
    std::vector<SavedPlayback> states;
    for (const auto& [code, entry] : rooms_) {
        if (entry->room && !entry->room->is_gone()) states.push_back(entry->room->saved());
    }
    const auto saved = co_await powers_.playback.save(std::move(states));
    if (!saved) powers_.metrics.failed_saves.fetch_add(1);
    tasks_.cancel();
    co_await tasks_.join();
    for (const auto& [serial, line] : std::exchange(lines_, {})) line->end(Ending::Restarting);
    rooms_.clear();
}

net::awaitable<void> RoomShard::say_goodbyes(std::chrono::milliseconds spread) {
    // In an order that does not depend on where things lie in memory.
    std::vector<std::uint64_t> serials;
    for (const auto& [serial, line] : lines_) serials.push_back(serial);
    std::ranges::sort(serials);
    const auto slices = std::max<std::int64_t>(1, spread / kSlice);
    const auto in_slice = (static_cast<std::int64_t>(serials.size()) + slices - 1) / slices;
    std::int64_t said = 0;
    for (const std::uint64_t serial : serials) {
        if (RoomLine* line = find(serial)) {
            const auto retry = kRetryLeast + kRetryStep * static_cast<int>(said % kRetrySteps);
            lines_.erase(serial);
            if (line->notes.room != nullptr) {
                line->notes.room->say_goodbye(*line, retry);
            } else {
                line->end(Ending::Restarting);
            }
        }
        if (++said % std::max<std::int64_t>(1, in_slice) == 0) {
            co_await powers_.clock.sleep_until(powers_.clock.now() + kSlice);
        }
    }
}

}  // namespace syncwatch
