#include "services/rooms/time_keeper.h"

#include <optional>

#include "base/log/log.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr int kReadings = 5;
constexpr auto kLookEvery = 10s;
/// A reading that was on its way for longer tells less than the clocks differ anyway.
constexpr auto kSlowest = 200ms;

}  // namespace

Async<> TimeKeeper::look() {
    std::optional<std::chrono::microseconds> best;
    WallTime shown;
    Instant read_at;
    for (int i = 0; i < kReadings; ++i) {
        const Instant asked = clock_.now();
        SW_CO_TRY(const WallTime theirs, co_await reference_.read());
        const auto way = clock_.now() - asked;
        if (best && way >= *best) continue;
        best = way;
        shown = theirs;
        read_at = asked + way / 2;
    }
    if (*best > kSlowest) {
        co_return fail_unavailable("reference_clock", "it answers too slowly", kLookEvery);
    }
    time_.refer(shown + (clock_.now() - read_at));
    uncertainty_us_.store((*best / 2).count());
    co_return Result<>();
}

net::awaitable<void> TimeKeeper::run() {
    for (;;) {
        const auto read = co_await look();
        if (!read && !failing_) {
            log::warning("rooms.reference_clock_away", {{"error", read.error().message}});
        }
        failing_ = !read;
        co_await clock_.sleep_until(clock_.now() + kLookEvery);
    }
}

}  // namespace syncwatch
