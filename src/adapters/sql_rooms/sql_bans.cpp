// The part of SqlRoomStore that keeps bans.
#include <utility>

#include "adapters/sql_rooms/sql_room_store.h"

namespace syncwatch::sql {
namespace {

#define SW_BAN_SELECT \
    "SELECT id, room, user_id, address, name, kind, made_by, created_at, until FROM bans"

Ban ban_from(const Row& row) {
    Ban ban;
    ban.id = row.id<BanId>(0);
    ban.room = RoomCode::parse(row.text(1)).value_or(RoomCode());
    ban.user = row.optional_id<UserId>(2);
    ban.address = row.text(3);
    ban.name = row.text(4);
    ban.kind = row.text(5) == "user" ? UserKind::User : UserKind::Guest;
    ban.made_by = row.id<UserId>(6);
    ban.created_at = row.time(7);
    ban.until = row.optional_time(8);
    return ban;
}

bool is_missing_row(const Error& error) {
    return error.code == ErrorCode::Conflict;
}

}  // namespace

Async<> SqlRoomStore::add_ban(Ban ban) {
    auto work = [ban = std::move(ban)](Connection& db) -> Result<> {
        const auto added = db.run(
            "INSERT INTO bans (id, room, user_id, address, name, kind, made_by, created_at, until)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ban.id, ban.room.compact(), ban.user, ban.address, ban.name,
            ban.kind == UserKind::User ? "user" : "guest", ban.made_by, ban.created_at, ban.until);
        if (added) return {};
        if (is_missing_row(added.error())) {
            return fail(ErrorCode::NotFound, "no such room or user", "no_such_room");
        }
        return fail(added.error());
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<Ban>> SqlRoomStore::bans(RoomCode code, WallTime now) {
    auto work = [code, now](Connection& db) {
        return db.query(SW_BAN_SELECT
                        " WHERE room = ? AND (until IS NULL OR until > ?)"
                        " ORDER BY created_at DESC, id DESC",
                        ban_from, code.compact(), now);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::optional<Ban>> SqlRoomStore::ban_on(RoomCode code, UserId user, std::string address,
                                               WallTime now) {
    auto work = [code, user, address = std::move(address), now](Connection& db) {
        return db.query_one(SW_BAN_SELECT
                            " WHERE room = ? AND (until IS NULL OR until > ?)"
                            " AND (user_id = ? OR (address <> '' AND address = ?))"
                            " ORDER BY until IS NULL DESC, until DESC LIMIT 1",
                            ban_from, code.compact(), now, user, address);
    };
    co_return co_await database_.read(std::move(work));
}

Async<Ban> SqlRoomStore::lift_ban(RoomCode code, BanId id) {
    auto work = [code, id](Connection& db) -> Result<Ban> {
        SW_TRY(auto ban, db.query_one(SW_BAN_SELECT " WHERE room = ? AND id = ?", ban_from,
                                      code.compact(), id));
        if (!ban) return fail(ErrorCode::NotFound, "no such ban");
        SW_CHECK(db.run("DELETE FROM bans WHERE id = ?", id));
        return *std::move(ban);
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
