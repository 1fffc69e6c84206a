#include "adapters/sql_live_rooms/sql_queue_store.h"

#include <map>
#include <utility>

#include "adapters/sql_live_rooms/room_rows.h"

namespace syncwatch::sql {
namespace {

Result<std::int64_t> version_of(Connection& db, const RoomCode& room) {
    SW_TRY(const auto version, db.query_one(
                                   "SELECT version FROM room_queues WHERE room = ?",
                                   [](const Row& row) { return row.integer(0); }, room.compact()));
    return version.value_or(0);
}

Result<std::int64_t> count_change(Connection& db, const RoomCode& room) {
    SW_CHECK(
        db.run("INSERT INTO room_queues (room, version) VALUES (?, 1)"
               " ON CONFLICT (room) DO UPDATE SET version = room_queues.version + 1",
               room.compact()));
    return version_of(db, room);
}

Result<Queue> items_of(Connection& db, const RoomCode& room) {
    const auto item_from = [](const Row& row) {
        QueueItem item;
        item.id = row.id<ItemId>(0);
        item.video = row.id<VideoId>(1);
        item.added_by = row.id<UserId>(2);
        item.request = row.text(3);
        return item;
    };
    Queue queue;
    SW_TRY(queue.items, db.query("SELECT id, video, added_by, request FROM queue_items"
                                 " WHERE room = ? ORDER BY place",
                                 item_from, room.compact()));
    const auto vote_from = [](const Row& row) {
        return std::pair(row.id<ItemId>(0), row.id<UserId>(1));
    };
    SW_TRY(const auto votes, db.query("SELECT v.item, v.user_id FROM queue_votes v"
                                      " JOIN queue_items i ON i.id = v.item WHERE i.room = ?"
                                      " ORDER BY v.number",
                                      vote_from, room.compact()));
    std::map<ItemId, QueueItem*> by_id;
    for (QueueItem& each : queue.items) by_id[each.id] = &each;
    for (const auto& [item, voter] : votes) by_id[item]->voters.push_back(voter);
    return queue;
}

Result<> put_items(Connection& db, const RoomCode& room, const Queue& queue) {
    // What is not put below goes; places are all made anew.
    SW_CHECK(db.run("UPDATE queue_items SET place = -1 WHERE room = ?", room.compact()));
    std::int64_t place = 0;
    for (const QueueItem& each : queue.items) {
        SW_CHECK(
            db.run("INSERT INTO queue_items (id, room, place, video, added_by, request)"
                   " VALUES (?, ?, ?, ?, ?, ?)"
                   " ON CONFLICT (id) DO UPDATE SET place = excluded.place",
                   each.id, room.compact(), place++, each.video, each.added_by, each.request));
    }
    SW_CHECK(db.run("DELETE FROM queue_items WHERE room = ? AND place = -1", room.compact()));
    return {};
}

}  // namespace

Async<StoredQueue> SqlQueueStore::load(RoomCode room) {
    auto work = [room](Connection& db) -> Result<StoredQueue> {
        SW_CHECK(check_room(db, room));
        StoredQueue stored;
        SW_TRY(stored.version, version_of(db, room));
        SW_TRY(stored.queue, items_of(db, room));
        return stored;
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::int64_t> SqlQueueStore::save(RoomCode room, std::int64_t expected, Queue queue) {
    auto work = [room, expected, queue = std::move(queue)](Connection& db) -> Result<std::int64_t> {
        SW_CHECK(check_room(db, room));
        SW_TRY(const auto version, version_of(db, room));
        if (version != expected) {
            return fail(ErrorCode::Conflict, "the queue is of another version");
        }
        SW_CHECK(put_items(db, room, queue));
        return count_change(db, room);
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::int64_t> SqlQueueStore::vote(RoomCode room, ItemId item, UserId voter) {
    auto work = [room, item, voter](Connection& db) -> Result<std::int64_t> {
        SW_CHECK(check_room(db, room));
        SW_TRY(const auto found, db.query_one(
                                     "SELECT 1 FROM queue_items WHERE id = ? AND room = ?",
                                     [](const Row&) { return true; }, item, room.compact()));
        if (!found) return fail(ErrorCode::NotFound, "no such item", "no_such_item");
        SW_TRY(const auto added, db.run("INSERT INTO queue_votes (item, user_id) VALUES (?, ?)"
                                        " ON CONFLICT (item, user_id) DO NOTHING",
                                        item, voter));
        if (added == 0) return version_of(db, room);
        return count_change(db, room);
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
