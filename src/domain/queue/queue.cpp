#include "domain/queue/queue.h"

#include <algorithm>
#include <utility>

namespace syncwatch {
namespace {

tl::unexpected<Error> no_such_item() {
    return fail(ErrorCode::NotFound, "no such item in the queue", "no_such_item");
}

auto place_of(const std::vector<QueueItem>& items, ItemId item) {
    return std::ranges::find(items, item, &QueueItem::id);
}
auto place_of(std::vector<QueueItem>& items, ItemId item) {
    return std::ranges::find(items, item, &QueueItem::id);
}

Result<Queue> insert(Queue queue, QueueItem item, std::optional<ItemId> before) {
    const auto place = before ? place_of(queue.items, *before) : queue.items.end();
    if (before && place == queue.items.end()) return no_such_item();
    queue.items.insert(place, std::move(item));
    return queue;
}

}  // namespace

const QueueItem* Queue::find(ItemId item) const {
    const auto found = place_of(items, item);
    return found == items.end() ? nullptr : &*found;
}

bool Queue::holds(VideoId video) const {
    return std::ranges::find(items, video, &QueueItem::video) != items.end();
}

Result<Queue> with_added(Queue queue, QueueItem item, std::optional<ItemId> before) {
    if (queue.items.size() >= Queue::kMostItems) {
        return fail(ErrorCode::Exhausted, "the queue is full", "queue_full");
    }
    return insert(std::move(queue), std::move(item), before);
}

Result<Queue> with_removed(Queue queue, ItemId item) {
    const auto found = place_of(queue.items, item);
    if (found == queue.items.end()) return no_such_item();
    queue.items.erase(found);
    return queue;
}

Result<Queue> with_moved(Queue queue, ItemId item, std::optional<ItemId> before) {
    const auto found = place_of(queue.items, item);
    if (found == queue.items.end()) return no_such_item();
    if (before == item) return queue;
    QueueItem moved = std::move(*found);
    queue.items.erase(found);
    return insert(std::move(queue), std::move(moved), before);
}

Result<Queue> with_vote(Queue queue, ItemId item, UserId voter) {
    const auto found = place_of(queue.items, item);
    if (found == queue.items.end()) return no_such_item();
    auto& voters = found->voters;
    if (std::ranges::find(voters, voter) == voters.end()) voters.push_back(voter);
    return queue;
}

std::optional<ItemId> next_after(const Queue& queue, ItemId current) {
    auto place = place_of(queue.items, current);
    if (place == queue.items.end() || ++place == queue.items.end()) return std::nullopt;
    const auto votes = [](const QueueItem& item) { return item.voters.size(); };
    return std::max_element(place, queue.items.end(),
                            [&](const auto& a, const auto& b) { return votes(a) < votes(b); })
        ->id;
}

Queue with_next(Queue queue, ItemId current, ItemId next) {
    auto& items = queue.items;
    const auto from = place_of(items, current);
    const auto chosen = place_of(items, next);
    if (from == items.end() || chosen == items.end() || chosen <= from) return queue;
    std::rotate(from + 1, chosen, chosen + 1);
    return queue;
}

std::optional<ItemId> heir_of(const Queue& before, ItemId item) {
    const auto place = place_of(before.items, item);
    if (place == before.items.end()) return std::nullopt;
    if (place + 1 != before.items.end()) return (place + 1)->id;
    if (place != before.items.begin()) return (place - 1)->id;
    return std::nullopt;
}

}  // namespace syncwatch
