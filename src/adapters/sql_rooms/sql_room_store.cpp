#include "adapters/sql_rooms/sql_room_store.h"

#include <utility>

namespace syncwatch::sql {
namespace {

#define SW_ROOM_SELECT                                                             \
    "SELECT r.code, r.name, r.owner, r.control, r.visibility, r.hold, r.capacity," \
    " r.password_hash, r.created_at, u.display_name FROM rooms r JOIN users u ON u.id = r.owner"

RoomCode code_from(const Row& row, int column) {
    return RoomCode::parse(row.text(column)).value_or(RoomCode());
}

ListedRoom room_from(const Row& row) {
    ListedRoom listed;
    Room& room = listed.room;
    room.code = code_from(row, 0);
    room.name = row.text(1);
    room.owner = row.id<UserId>(2);
    // A word this version does not know falls back to what lets the fewest do the least.
    room.control = parse_control(row.text(3)).value_or(Control::Host);
    room.visibility = parse_visibility(row.text(4)).value_or(Visibility::Unlisted);
    room.hold = parse_hold(row.text(5)).value_or(Hold::None);
    room.capacity = static_cast<int>(row.integer(6));
    room.password_hash = row.text(7);
    room.created_at = row.time(8);
    listed.owner_name = row.text(9);
    return listed;
}

tl::unexpected<Error> no_such_room() {
    return fail(ErrorCode::NotFound, "no such room", "no_such_room");
}

Result<ListedRoom> load(Connection& db, const RoomCode& code) {
    SW_TRY(auto room, db.query_one(SW_ROOM_SELECT " WHERE r.code = ?", room_from, code.compact()));
    if (!room) return no_such_room();
    return *std::move(room);
}

Result<Role> role_of(Connection& db, const RoomCode& code, UserId user) {
    const auto map = [](const Row& row) { return parse_role(row.text(0)).value_or(Role::Viewer); };
    SW_TRY(const auto role,
           db.query_one("SELECT role FROM room_members WHERE room = ? AND user_id = ?", map,
                        code.compact(), user));
    return role.value_or(Role::Viewer);
}

/// The word of an optional enumerator, for coalesce(?, column).
template <class E>
std::optional<std::string_view> word(const std::optional<E>& value) {
    if (!value) return std::nullopt;
    return text(*value);
}

}  // namespace

Async<> SqlRoomStore::add(Room room) {
    auto work = [room = std::move(room)](Connection& db) -> Result<> {
        SW_TRY(const auto taken, db.query_one(
                                     "SELECT 1 FROM rooms WHERE code = ?",
                                     [](const Row&) { return true; }, room.code.compact()));
        if (taken) return fail(ErrorCode::Conflict, "the room code is taken");
        SW_TRY(const auto added,
               db.run("INSERT INTO rooms (code, name, owner, control, visibility, hold, capacity,"
                      " password_hash, created_at) SELECT ?, ?, id, ?, ?, ?, ?, ?, ? FROM users"
                      " WHERE id = ?",
                      room.code.compact(), room.name, text(room.control), text(room.visibility),
                      text(room.hold), room.capacity, room.password_hash, room.created_at,
                      room.owner));
        if (added == 0) return fail(ErrorCode::NotFound, "no such user");
        SW_CHECK(
            db.run("INSERT INTO room_members (room, user_id, role, since, seen_at)"
                   " VALUES (?, ?, 'owner', ?, ?)",
                   room.code.compact(), room.owner, room.created_at, room.created_at));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<ListedRoom> SqlRoomStore::find(RoomCode code) {
    auto work = [code](Connection& db) { return load(db, code); };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<ListedRoom>> SqlRoomStore::rooms_of(UserId user, int limit) {
    auto work = [user, limit](Connection& db) {
        return db.query(SW_ROOM_SELECT
                        " JOIN room_members m ON m.room = r.code WHERE m.user_id = ?"
                        " ORDER BY m.seen_at DESC, r.code LIMIT ?",
                        room_from, user, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<ListedRoom>> SqlRoomStore::public_rooms(int limit) {
    auto work = [limit](Connection& db) {
        return db.query(SW_ROOM_SELECT
                        " WHERE r.visibility = 'public' ORDER BY r.created_at DESC, r.code LIMIT ?",
                        room_from, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<ListedRoom>> SqlRoomStore::all_rooms(int limit) {
    auto work = [limit](Connection& db) {
        return db.query(SW_ROOM_SELECT " ORDER BY r.created_at DESC, r.code LIMIT ?", room_from,
                        limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<RoomCode>> SqlRoomStore::owned_by(UserId user) {
    auto work = [user](Connection& db) {
        const auto map = [](const Row& row) { return code_from(row, 0); };
        return db.query("SELECT code FROM rooms WHERE owner = ? ORDER BY code", map, user);
    };
    co_return co_await database_.read(std::move(work));
}

Async<Room> SqlRoomStore::change(RoomCode code, RoomChanges changes) {
    auto work = [code, changes = std::move(changes)](Connection& db) -> Result<Room> {
        SW_CHECK(
            db.run("UPDATE rooms SET name = coalesce(?, name), control = coalesce(?, control),"
                   " visibility = coalesce(?, visibility), hold = coalesce(?, hold),"
                   " capacity = coalesce(?, capacity),"
                   " password_hash = coalesce(?, password_hash) WHERE code = ?",
                   changes.name, word(changes.control), word(changes.visibility),
                   word(changes.hold), changes.capacity, changes.password_hash, code.compact()));
        SW_TRY(auto listed, load(db, code));
        return std::move(listed.room);
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlRoomStore::remove(RoomCode code) {
    auto work = [code](Connection& db) -> Result<> {
        SW_TRY(const auto removed, db.run("DELETE FROM rooms WHERE code = ?", code.compact()));
        if (removed == 0) return no_such_room();
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<Role> SqlRoomStore::role(RoomCode code, UserId user) {
    auto work = [code, user](Connection& db) { return role_of(db, code, user); };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlRoomStore::set_role(RoomCode code, UserId user, Role role, WallTime now) {
    auto work = [code, user, role, now](Connection& db) -> Result<> {
        SW_CHECK(load(db, code));
        // `since` moves only when the role does: it is the seniority of a moderator.
        SW_TRY(const auto changed,
               db.run("INSERT INTO room_members (room, user_id, role, since, seen_at)"
                      " SELECT ?, id, ?, ?, ? FROM users WHERE id = ?"
                      " ON CONFLICT (room, user_id) DO UPDATE SET"
                      " since = CASE WHEN room_members.role = excluded.role"
                      " THEN room_members.since ELSE excluded.since END,"
                      " role = excluded.role",
                      code.compact(), text(role), now, now, user));
        if (changed == 0) return fail(ErrorCode::NotFound, "no such user");
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<Role> SqlRoomStore::remember(RoomCode code, UserId user, WallTime now) {
    auto work = [code, user, now](Connection& db) -> Result<Role> {
        SW_CHECK(load(db, code));
        SW_TRY(const auto changed,
               db.run("INSERT INTO room_members (room, user_id, role, since, seen_at)"
                      " SELECT ?, id, 'viewer', ?, ? FROM users WHERE id = ?"
                      " ON CONFLICT (room, user_id) DO UPDATE SET seen_at = excluded.seen_at",
                      code.compact(), now, now, user));
        if (changed == 0) return fail(ErrorCode::NotFound, "no such user");
        return role_of(db, code, user);
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<RoomMembership>> SqlRoomStore::staff(RoomCode code) {
    auto work = [code](Connection& db) {
        const auto map = [](const Row& row) {
            RoomMembership member;
            member.user = row.id<UserId>(0);
            member.role = parse_role(row.text(1)).value_or(Role::Viewer);
            member.since = row.time(2);
            return member;
        };
        return db.query(
            "SELECT user_id, role, since FROM room_members WHERE room = ?"
            " AND role <> 'viewer' ORDER BY role = 'owner' DESC, since, user_id",
            map, code.compact());
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace syncwatch::sql
