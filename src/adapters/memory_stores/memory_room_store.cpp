#include "adapters/memory_stores/memory_room_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace syncwatch {
namespace {

void cut(std::vector<ListedRoom>& rooms, int limit) {
    if (rooms.size() > static_cast<std::size_t>(limit)) {
        rooms.resize(static_cast<std::size_t>(limit));
    }
}

}  // namespace

ListedRoom MemoryRoomStore::listed(const Room& room) const {
    return {room, data_.accounts.at(room.owner).display_name};
}

template <class Chosen>
std::vector<ListedRoom> MemoryRoomStore::newest(Chosen chosen, int limit) const {
    std::vector<ListedRoom> found;
    for (const auto& [code, room] : data_.rooms) {
        if (chosen(room)) found.push_back(listed(room));
    }
    std::ranges::stable_sort(found, std::greater<>(),
                             [](const ListedRoom& each) { return each.room.created_at; });
    cut(found, limit);
    return found;
}

Result<> MemoryRoomStore::check(const RoomCode& code, UserId user) const {
    SW_CHECK(data_.check_room(code));
    if (data_.accounts.contains(user)) return {};
    return fail(ErrorCode::NotFound, "no such user");
}

Async<> MemoryRoomStore::add(Room room) {
    if (data_.rooms.contains(room.code)) {
        co_return fail(ErrorCode::Conflict, "the room code is taken");
    }
    if (!data_.accounts.contains(room.owner)) {
        co_return fail(ErrorCode::NotFound, "no such user");
    }
    data_.visits[{room.code, room.owner}] = {{room.owner, Role::Owner, room.created_at},
                                             room.created_at};
    data_.rooms.emplace(room.code, std::move(room));
    co_return Result<>();
}

Async<ListedRoom> MemoryRoomStore::find(RoomCode code) {
    SW_CO_CHECK(data_.check_room(code));
    co_return listed(data_.rooms.at(code));
}

Async<std::vector<ListedRoom>> MemoryRoomStore::rooms_of(UserId user, int limit) {
    std::vector<std::pair<WallTime, RoomCode>> seen;
    for (const auto& [key, visit] : data_.visits) {
        if (key.second == user) seen.emplace_back(visit.seen, key.first);
    }
    std::ranges::stable_sort(seen, [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<ListedRoom> found;
    for (const auto& [when, code] : seen) found.push_back(listed(data_.rooms.at(code)));
    cut(found, limit);
    co_return found;
}

Async<std::vector<ListedRoom>> MemoryRoomStore::public_rooms(int limit) {
    const auto is_public = [](const Room& room) { return room.visibility == Visibility::Public; };
    co_return newest(is_public, limit);
}

Async<std::vector<ListedRoom>> MemoryRoomStore::all_rooms(int limit) {
    co_return newest([](const Room&) { return true; }, limit);
}

Async<std::vector<RoomCode>> MemoryRoomStore::owned_by(UserId user) {
    std::vector<RoomCode> codes;
    for (const auto& [code, room] : data_.rooms) {
        if (room.owner == user) codes.push_back(code);
    }
    co_return codes;
}

Async<Room> MemoryRoomStore::change(RoomCode code, RoomChanges changes) {
    SW_CO_CHECK(data_.check_room(code));
    Room& room = data_.rooms.at(code);
    if (changes.name) room.name = *changes.name;
    if (changes.control) room.control = *changes.control;
    if (changes.visibility) room.visibility = *changes.visibility;
    if (changes.hold) room.hold = *changes.hold;
    if (changes.capacity) room.capacity = *changes.capacity;
    if (changes.password_hash) room.password_hash = *changes.password_hash;
    co_return room;
}

Async<> MemoryRoomStore::remove(RoomCode code) {
    SW_CO_CHECK(data_.check_room(code));
    data_.remove_room(code);
    co_return Result<>();
}

Async<Role> MemoryRoomStore::role(RoomCode code, UserId user) {
    const auto found = data_.visits.find({code, user});
    co_return found == data_.visits.end() ? Role::Viewer : found->second.membership.role;
}

Async<> MemoryRoomStore::set_role(RoomCode code, UserId user, Role role, WallTime now) {
    SW_CO_CHECK(check(code, user));
    const auto [place, fresh] = data_.visits.try_emplace({code, user});
    RoomMembership& membership = place->second.membership;
    if (fresh) place->second.seen = now;
    if (fresh || membership.role != role) membership = {user, role, now};
    co_return Result<>();
}

Async<Role> MemoryRoomStore::remember(RoomCode code, UserId user, WallTime now) {
    SW_CO_CHECK(check(code, user));
    const auto [place, fresh] = data_.visits.try_emplace({code, user});
    if (fresh) place->second.membership = {user, Role::Viewer, now};
    place->second.seen = now;
    co_return place->second.membership.role;
}

Async<std::vector<RoomMembership>> MemoryRoomStore::staff(RoomCode code) {
    std::vector<RoomMembership> found;
    for (const auto& [key, visit] : data_.visits) {
        if (key.first == code && visit.membership.role != Role::Viewer) {
            found.push_back(visit.membership);
        }
    }
    std::ranges::sort(found, [](const RoomMembership& a, const RoomMembership& b) {
        return std::tuple(a.role != Role::Owner, a.since, a.user) <
               std::tuple(b.role != Role::Owner, b.since, b.user);
    });
    co_return found;
}

Async<> MemoryRoomStore::add_ban(Ban ban) {
    SW_CO_CHECK(data_.check_room(ban.room));
    if (ban.user && !data_.accounts.contains(*ban.user)) {
        co_return fail(ErrorCode::NotFound, "no such room or user", "no_such_room");
    }
    data_.bans.push_back(std::move(ban));
    co_return Result<>();
}

Async<std::vector<Ban>> MemoryRoomStore::bans(RoomCode code, WallTime now) {
    std::vector<Ban> found;
    for (const Ban& each : data_.bans) {
        if (each.room == code && each.in_force(now)) found.push_back(each);
    }
    std::ranges::sort(found, [](const Ban& a, const Ban& b) {
        return std::tie(a.created_at, a.id) > std::tie(b.created_at, b.id);
    });
    co_return found;
}

Async<std::optional<Ban>> MemoryRoomStore::ban_on(RoomCode code, UserId user, std::string address,
                                                  WallTime now) {
    std::optional<Ban> longest;
    for (const Ban& each : data_.bans) {
        const bool meant = each.user == user || (!each.address.empty() && each.address == address);
        if (each.room != code || !each.in_force(now) || !meant) continue;
        const bool longer =
            !longest || !each.until || (longest->until && *each.until > *longest->until);
        if (longer) longest = each;
    }
    co_return longest;
}

Async<Ban> MemoryRoomStore::lift_ban(RoomCode code, BanId id) {
    const auto found = std::ranges::find_if(
        data_.bans, [&](const Ban& each) { return each.room == code && each.id == id; });
    if (found == data_.bans.end()) co_return fail(ErrorCode::NotFound, "no such ban");
    const Ban lifted = *found;
    data_.bans.erase(found);
    co_return lifted;
}

}  // namespace syncwatch
