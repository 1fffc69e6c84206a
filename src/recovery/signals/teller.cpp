#include "recovery/signals/teller.h"

#include <algorithm>
#include <utility>

#include "base/log/log.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kPause = 5s;
constexpr std::chrono::seconds kFirstPatience = 30s;
constexpr std::chrono::seconds kMostPatience = 1h;
constexpr std::uint64_t kMostDoublings = 7;

}  // namespace

TellerStatus Teller::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

net::awaitable<void> Teller::run() {
    for (;;) {
        co_await go_round();
        co_await powers_.clock.sleep_until(powers_.clock.now() + kPause);
    }
}

void Teller::set_waiting(std::size_t waiting) {
    const std::lock_guard lock(mutex_);
    status_.waiting = waiting;
}

net::awaitable<void> Teller::go_round() {
    const auto observed = powers_.watch();
    if (!observed) {
        // It is another's to say now, and another's to fail.
        unnoted_.reset();
        const std::lock_guard lock(mutex_);
        status_.waiting = 0;
        status_.trouble.clear();
        co_return;
    }
    const bool is_noted = co_await note();
    if (!is_noted) co_return;
    std::string channel = audience_.channel;
    const auto told = co_await powers_.store.of(std::move(channel));
    // Without the database nobody makes backups either: silence says it.
    if (!told) co_return;
    auto tellings = to_tell(audience_, *observed, *told, powers_.clock.wall());
    set_waiting(tellings.size());
    if (powers_.clock.now() < not_before_) co_return;
    for (Telling& each : tellings) {
        const bool goes_on = co_await tell(std::move(each));
        if (!goes_on) co_return;
    }
}

net::awaitable<bool> Teller::note() {
    if (!unnoted_) co_return true;
    Result<> noted;
    if (unnoted_->then) {
        Told told = *unnoted_->then;
        noted = co_await powers_.store.keep(std::move(told));
    } else {
        std::string channel = audience_.channel;
        std::string key = unnoted_->notice.key;
        noted = co_await powers_.store.forget(std::move(channel), std::move(key));
    }
    if (noted) unnoted_.reset();
    co_return noted.has_value();
}

net::awaitable<bool> Teller::tell(Telling telling) {
    Notice notice = telling.notice;
    const auto heard = co_await powers_.notifier.tell(std::move(notice));
    if (!heard) {
        if (heard.error().code != ErrorCode::Cancelled) failed(heard.error());
        co_return false;
    }
    failures_ = 0;
    log::info("notify.told", {{"channel", audience_.channel},
                              {"key", telling.notice.key},
                              {"turn", word(telling.notice.turn)}});
    {
        const std::lock_guard lock(mutex_);
        ++status_.told;
        if (status_.waiting > 0) --status_.waiting;
        status_.trouble.clear();
    }
    unnoted_ = std::move(telling);
    co_return co_await note();
}

void Teller::failed(const Error& error) {
    const auto pause = kFirstPatience * (1U << std::min(failures_, kMostDoublings));
    ++failures_;
    const auto wanted = std::max<std::chrono::seconds>(pause, error.retry_after);
    not_before_ = powers_.clock.now() + std::min(wanted, kMostPatience);
    log::warning("notify.failed", {{"channel", audience_.channel}, {"error", error.message}});
    const std::lock_guard lock(mutex_);
    ++status_.failures;
    status_.trouble = error.message;
}

}  // namespace syncwatch::recovery
