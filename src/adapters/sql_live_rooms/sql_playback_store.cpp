#include "adapters/sql_live_rooms/sql_playback_store.h"

#include <utility>

namespace syncwatch::sql {
namespace {

SavedPlayback saved_from(const Row& row) {
    SavedPlayback saved;
    Playback& playback = saved.playback;
    playback.item = row.optional_id<ItemId>(0);
    playback.video = row.optional_id<VideoId>(1);
    playback.paused = row.boolean(2);
    playback.rate = row.real(3);
    playback.position = row.real(4);
    playback.at = row.time(5);
    playback.stamp.wall_us = row.integer(6);
    playback.stamp.counter = static_cast<std::uint32_t>(row.integer(7));
    playback.stamp.node = row.text(8);
    playback.by = row.optional_id<UserId>(9);
    saved.held = row.boolean(10);
    saved.saved_at = row.time(11);
    return saved;
}

Result<> put(Connection& db, const SavedPlayback& saved) {
    const Playback& playback = saved.playback;
    SW_CHECK(
        db.run("INSERT INTO room_playback (room, item, video, paused, rate, position, at_us,"
               " stamp_wall_us, stamp_counter, stamp_node, by_user, held, saved_at)"
               " SELECT code, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM rooms WHERE code = ?"
               " ON CONFLICT (room) DO UPDATE SET item = excluded.item, video = excluded.video,"
               " paused = excluded.paused, rate = excluded.rate, position = excluded.position,"
               " at_us = excluded.at_us, stamp_wall_us = excluded.stamp_wall_us,"
               " stamp_counter = excluded.stamp_counter, stamp_node = excluded.stamp_node,"
               " by_user = excluded.by_user, held = excluded.held, saved_at = excluded.saved_at"
               " WHERE (excluded.stamp_wall_us, excluded.stamp_counter, excluded.stamp_node)"
               " >= (room_playback.stamp_wall_us, room_playback.stamp_counter,"
               " room_playback.stamp_node)",
               playback.item, playback.video, playback.paused, playback.rate, playback.position,
               playback.at, playback.stamp.wall_us, std::int64_t{playback.stamp.counter},
               playback.stamp.node, playback.by, saved.held, saved.saved_at, saved.room.compact()));
    return {};
}

}  // namespace

Async<std::optional<SavedPlayback>> SqlPlaybackStore::load(RoomCode room) {
    auto work = [room](Connection& db) -> Result<std::optional<SavedPlayback>> {
        SW_TRY(auto found, db.query_one("SELECT item, video, paused, rate, position, at_us,"
                                        " stamp_wall_us, stamp_counter, stamp_node, by_user, held,"
                                        " saved_at FROM room_playback WHERE room = ?",
                                        saved_from, room.compact()));
        if (found) found->room = room;
        return found;
    };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlPlaybackStore::save(std::vector<SavedPlayback> states) {
    auto work = [states = std::move(states)](Connection& db) -> Result<> {
        for (const SavedPlayback& each : states) SW_CHECK(put(db, each));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
