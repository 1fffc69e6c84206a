#include "adapters/linked_bus/publisher_window.h"

#include <utility>

namespace syncwatch {

PublisherWindow::Delivery PublisherWindow::take(BusMessage message, Instant now) {
    Delivery delivery;
    const std::uint64_t number = message.number;
    if (number < next_ || held_.contains(number)) {
        ++passed_by_;
        return delivery;
    }
    held_.emplace(number, Held{std::move(message), now});
    if (held_.size() > options_.max_held) skip_to(held_.begin()->first, delivery);
    release(delivery);
    return delivery;
}

void PublisherWindow::expect(std::uint64_t number, Instant now) {
    if (number >= next_ && !expected_) expected_ = Expected{number, now};
}

PublisherWindow::Delivery PublisherWindow::give_up(Instant now) {
    Delivery delivery;
    while (!held_.empty() && held_.begin()->second.since + options_.patience <= now) {
        skip_to(held_.begin()->first, delivery);
        release(delivery);
    }
    if (expected_ && expected_->since + options_.patience <= now) {
        const std::uint64_t end = expected_->number + 1;
        // Those that are held are given their own time.
        if (held_.empty() || held_.begin()->first >= end) skip_to(end, delivery);
        release(delivery);
        expected_.reset();
    }
    return delivery;
}

void PublisherWindow::skip_to(std::uint64_t number, Delivery& into) {
    if (number <= next_) return;
    into.lost += number - next_;
    next_ = number;
}

void PublisherWindow::release(Delivery& into) {
    while (!held_.empty() && held_.begin()->first == next_) {
        into.messages.push_back(std::move(held_.begin()->second.message));
        held_.erase(held_.begin());
        ++next_;
    }
    if (expected_ && expected_->number < next_) expected_.reset();
}

}  // namespace syncwatch
