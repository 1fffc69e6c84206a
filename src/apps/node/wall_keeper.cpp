#include "apps/node/wall_keeper.h"

#include "base/log/log.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 10s;
/// A reading that was on its way for longer says too little.
constexpr auto kSlowest = 1s;

}  // namespace

Async<> WallKeeper::look() {
    const Instant asked = clock_.now();
    SW_CO_TRY(const WallTime theirs, co_await reference_.read());
    const auto way = clock_.now() - asked;
    if (way > kSlowest) {
        co_return fail_unavailable("reference_clock", "it answers too slowly", kLookEvery);
    }
    const WallTime machine = clock_.wall() - clock_.correction();
    const std::chrono::microseconds ahead = machine - (theirs + way / 2);
    ahead_us_.store(ahead.count());
    const bool astray = std::chrono::abs(ahead) > kTolerated;
    const bool was_astray = clock_.correction() != 0us;
    clock_.correct(astray ? -ahead : 0us);
    if (astray == was_astray) co_return Result<>();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ahead).count();
    if (astray) {
        log::warning("clock.astray", {{"ahead_seconds", seconds}, {"goes_by", "the database's"}});
    } else {
        log::info("clock.right_again");
    }
    co_return Result<>();
}

net::awaitable<void> WallKeeper::run() {
    for (;;) {
        co_await clock_.sleep_until(clock_.now() + kLookEvery);
        (void)co_await look();
    }
}

void WallKeeper::write_metrics(metrics::Text& text) const {
    text.gauge("syncwatch_clock_ahead_seconds",
               "How far the machine's time of day is ahead of the one that all nodes go by.",
               std::chrono::duration<double>(std::chrono::microseconds(ahead_us_.load())).count());
}

}  // namespace syncwatch::apps
