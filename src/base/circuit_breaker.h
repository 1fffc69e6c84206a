#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/time.h"

namespace syncwatch {

/// Stops asking a dependency that does not answer, so that nobody waits for it in vain, and lets
/// one try through now and then until it answers again. Its name is the component of /health, of
/// the metrics, of the logs and of the notices in the page. Safe from any thread.
/// Source: M. Nygard, Release It!, "Circuit Breaker".
class CircuitBreaker {
public:
    enum class State : std::uint8_t {
        Closed,   ///< It answers; everybody is let through.
        Open,     ///< It does not; nobody is.
        Probing,  ///< One caller tries.
    };
    struct Options {
        int failures_to_open = 3;  ///< In a row.
        std::chrono::milliseconds first_pause{500};
        std::chrono::milliseconds longest_pause{5000};  ///< Pauses double up to here.
    };
    struct Status {
        State state = State::Closed;
        std::uint64_t opened = 0;  ///< How often, since the start.
        std::string why;           ///< The last failure; empty: none since it last answered.
    };
    /// Hears of Closed → Open (`true`) and of the way back (`false`), outside of any lock.
    using Listener = std::function<void(bool open, const Status& status)>;

    explicit CircuitBreaker(std::string_view name) : CircuitBreaker(name, Options()) {}
    CircuitBreaker(std::string_view name, Options options) : name_(name), options_(options) {}

    std::string_view name() const { return name_; }
    /// Before anybody asks.
    void set_listener(Listener listener) { listener_ = std::move(listener); }

    /// Whether to ask the dependency now. Whoever is let through says how it went.
    bool admit(Instant now);
    void succeeded();
    void failed(Instant now, std::string why);

    bool closed() const;
    Status status() const;

private:
    const std::string_view name_;
    const Options options_;
    Listener listener_;
    mutable std::mutex mutex_;  // Guards what follows.
    Status status_;
    int failures_ = 0;
    std::chrono::milliseconds pause_{0};
    Instant next_try_{};
};

}  // namespace syncwatch
