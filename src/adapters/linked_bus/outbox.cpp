#include "adapters/linked_bus/outbox.h"

#include <algorithm>
#include <utility>

namespace syncwatch {

void Outbox::add(std::uint64_t number, BusLink::Bytes bytes) {
    bytes_ += bytes->size();
    entries_.push_back({number, std::move(bytes), {}, false, {}});
    while (entries_.size() > options_.max_messages || bytes_ > options_.max_bytes) drop_first();
}

void Outbox::pump(Road road, Instant now, const Send& send) {
    Progress& progress = roads_[index(road)];
    // What is new stands at the end: usually it is the last one alone.
    auto first = entries_.end();
    while (first != entries_.begin() && !std::prev(first)->went[index(road)]) --first;
    for (; first != entries_.end(); ++first) {
        first->went[index(road)] = true;
        if (!std::exchange(first->said, true)) first->at = now;
        progress.sent = std::max(progress.sent, first->number);
        send(first->bytes);
    }
}

void Outbox::confirm(Road road, std::uint64_t number) {
    Progress& progress = roads_[index(road)];
    progress.confirmed = std::max(progress.confirmed, number);
}

void Outbox::broken(Road road) {
    const std::uint64_t confirmed = roads_[index(road)].confirmed;
    for (Entry& each : entries_) {
        if (each.number <= confirmed) continue;
        each.went[index(road)] = false;
        each.said = each.went[0] || each.went[1];
    }
}

void Outbox::again(Road road) {
    for (Entry& each : entries_) each.went[index(road)] = false;
}

void Outbox::trim(Instant now) {
    while (!entries_.empty() && entries_.front().said &&
           entries_.front().at + options_.keep <= now) {
        drop_first();
    }
}

std::size_t Outbox::waiting() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(entries_, [](const Entry& each) { return !each.said; }));
}

void Outbox::drop_first() {
    if (!entries_.front().said) ++dropped_;
    bytes_ -= entries_.front().bytes->size();
    entries_.pop_front();
}

}  // namespace syncwatch
