#include "adapters/linked_bus/inbox.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncwatch {

Inbox::Messages Inbox::take(BusMessage message, Instant now) {
    Publisher& from = publisher(message.publisher, message.number, now);
    const std::uint64_t before = from.window.passed_by();
    auto delivery = from.window.take(std::move(message), now);
    passed_by_ += from.window.passed_by() - before;
    return count(std::move(delivery));
}

void Inbox::heard(const BusBeat& beat, Instant now) {
    publisher(beat.publisher, beat.published + 1, now).window.expect(beat.sent, now);
}

Inbox::Messages Inbox::give_up(Instant now) {
    Messages messages;
    for (auto& [id, publisher] : publishers_) {
        auto released = count(publisher.window.give_up(now));
        std::ranges::move(released, std::back_inserter(messages));
    }
    std::erase_if(publishers_, [&](const auto& entry) {
        return now - entry.second.heard >= options_.forget_after;
    });
    return messages;
}

Inbox::Publisher& Inbox::publisher(PublisherId id, std::uint64_t first, Instant now) {
    auto found = publishers_.find(id);
    if (found == publishers_.end()) {
        if (publishers_.size() >= options_.max_publishers) {
            publishers_.erase(std::ranges::min_element(
                publishers_, {}, [](const auto& entry) { return entry.second.heard; }));
        }
        // Nobody knows what it said before we met.
        gap_ = gap_ || first > 1;
        PublisherWindow window(first, options_.window);
        found = publishers_.emplace(id, Publisher{std::move(window), now}).first;
    }
    found->second.heard = now;
    return found->second;
}

Inbox::Messages Inbox::count(PublisherWindow::Delivery delivery) {
    lost_ += delivery.lost;
    gap_ = gap_ || delivery.lost > 0;
    return std::move(delivery.messages);
}

}  // namespace syncwatch
