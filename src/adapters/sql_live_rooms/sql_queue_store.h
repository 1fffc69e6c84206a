#pragma once
#include "adapters/sql/database.h"
#include "ports/queue_store.h"

namespace syncwatch::sql {

/// Queues in an SQL database.
class SqlQueueStore final : public QueueStore {
public:
    explicit SqlQueueStore(Database& database) : database_(database) {}

    Async<StoredQueue> load(RoomCode room) override;
    Async<std::int64_t> save(RoomCode room, std::int64_t expected, Queue queue) override;
    Async<std::int64_t> vote(RoomCode room, ItemId item, UserId voter) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
