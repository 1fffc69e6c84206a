#pragma once
#include <cstdint>

#include "base/async/async.h"
#include "domain/queue/queue.h"
#include "domain/room/room_code.h"

namespace syncwatch {

struct StoredQueue {
    Queue queue;
    std::int64_t version = 0;  ///< Counts the changes.
};

/// The queues of rooms. All fail with Unavailable (component "database") and, where the room is
/// gone, with NotFound (reason "no_such_room"). All pass tests/contract/queue_store_contract.h.
class QueueStore {
public:
    virtual ~QueueStore() = default;

    /// An empty one of version 0 where nothing was ever saved.
    virtual Async<StoredQueue> load(RoomCode room) = 0;
    /// Makes the queue hold these items in this order, if it still is of version `expected`;
    /// votes are kept as they are, those of items that go are forgotten. Durable when it returns;
    /// gives the new version. Errors: Conflict (it is of another version).
    virtual Async<std::int64_t> save(RoomCode room, std::int64_t expected, Queue queue) = 0;
    /// Adds a vote, if it is not there; gives the version then. Errors: NotFound (the item).
    virtual Async<std::int64_t> vote(RoomCode room, ItemId item, UserId voter) = 0;
};

}  // namespace syncwatch
