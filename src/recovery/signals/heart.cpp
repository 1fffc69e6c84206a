#include "recovery/signals/heart.h"

#include <chrono>

#include "base/log/log.h"

namespace syncwatch::recovery {
namespace {

constexpr std::chrono::minutes kBeat{1};
constexpr std::chrono::seconds kGlance{5};

}  // namespace

HeartStatus Heart::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

net::awaitable<void> Heart::run() {
    for (;;) {
        co_await go_round();
        co_await clock_.sleep_until(clock_.now() + kGlance);
    }
}

net::awaitable<void> Heart::go_round() {
    const auto is_well = watch_();
    if (is_well && clock_.now() < next_) co_return;
    Result<> heard;
    if (is_well) {
        next_ = clock_.now() + kBeat;
        heard = co_await pulse_.beat(*is_well);
    }
    if (!heard && heard.error().code == ErrorCode::Cancelled) co_return;
    if (!heard) log::warning("heartbeat.failed", {{"error", heard.error().message}});
    const std::lock_guard lock(mutex_);
    status_.trouble = heard ? "" : heard.error().message;
    if (heard && is_well && *is_well) status_.last = clock_.wall();
}

}  // namespace syncwatch::recovery
