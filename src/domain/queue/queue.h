#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"

namespace syncwatch {

/// A film's place in a room's queue.
struct QueueItem {
    ItemId id;
    VideoId video;
    UserId added_by;
    /// The id of the request that added it: a request that is repeated finds its item by it.
    std::string request;
    std::vector<UserId> voters;  ///< In the order of their votes.
    bool operator==(const QueueItem&) const = default;
};

/// What a room watches, in order: what was on, what is on, what comes. A value; every change gives
/// a new one or an error.
struct Queue {
    static constexpr std::size_t kMostItems = 200;

    std::vector<QueueItem> items;
    bool operator==(const Queue&) const = default;

    const QueueItem* find(ItemId item) const;
    bool holds(VideoId video) const;
};

/// `before` nullopt: at the end. Errors: Exhausted (reason "queue_full"), NotFound (`before`).
Result<Queue> with_added(Queue queue, QueueItem item, std::optional<ItemId> before);
/// Errors: NotFound.
Result<Queue> with_removed(Queue queue, ItemId item);
/// Errors: NotFound (either item).
Result<Queue> with_moved(Queue queue, ItemId item, std::optional<ItemId> before);
/// One vote per person and item; a second one changes nothing. Errors: NotFound.
Result<Queue> with_vote(Queue queue, ItemId item, UserId voter);

/// What comes after `current`: of those behind it the one with the most votes, of equals the
/// first. nullopt: nothing is behind it.
std::optional<ItemId> next_after(const Queue& queue, ItemId current);

/// The queue as it is once `next_after` was put on: the chosen item stands right behind the one
/// that was on, so that those it overtook still come.
Queue with_next(Queue queue, ItemId current, ItemId next);

/// What is on once `item` is gone from `before`: the one that followed it, or the one before it;
/// nullopt: it was the only one.
std::optional<ItemId> heir_of(const Queue& before, ItemId item);

}  // namespace syncwatch
