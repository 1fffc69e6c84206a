#include "base/circuit_breaker.h"

#include <algorithm>
#include <utility>

namespace syncwatch {

bool CircuitBreaker::admit(Instant now) {
    const std::lock_guard lock(mutex_);
    if (status_.state == State::Closed) return true;
    // A caller that was let through and never said how it went is not waited for for ever.
    if (now < next_try_) return false;
    status_.state = State::Probing;
    next_try_ = now + options_.longest_pause;
    return true;
}

void CircuitBreaker::succeeded() {
    Status told;
    {
        const std::lock_guard lock(mutex_);
        failures_ = 0;
        if (status_.state == State::Closed) return;
        status_.state = State::Closed;
        status_.why.clear();
        told = status_;
    }
    if (listener_) listener_(false, told);
}

void CircuitBreaker::failed(Instant now, std::string why) {
    Status told;
    {
        const std::lock_guard lock(mutex_);
        status_.why = std::move(why);
        if (status_.state == State::Closed && ++failures_ < options_.failures_to_open) return;
        // Callers that were let through before it opened say nothing new.
        if (status_.state == State::Open) return;
        const bool news = status_.state == State::Closed;
        pause_ = news ? options_.first_pause : std::min(pause_ * 2, options_.longest_pause);
        status_.state = State::Open;
        next_try_ = now + pause_;
        if (!news) return;
        ++status_.opened;
        told = status_;
    }
    if (listener_) listener_(true, told);
}

bool CircuitBreaker::closed() const {
    const std::lock_guard lock(mutex_);
    return status_.state == State::Closed;
}

CircuitBreaker::Status CircuitBreaker::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}  // namespace syncwatch
