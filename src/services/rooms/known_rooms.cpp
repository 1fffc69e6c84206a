#include "services/rooms/known_rooms.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncwatch {

void KnownRooms::put(ListedRoom listed, std::vector<Ban> bans) {
    const RoomCode room = listed.room.code;
    const std::lock_guard lock(mutex_);
    rooms_.insert_or_assign(room, Known{std::move(listed), std::move(bans)});
}

void KnownRooms::ban(const RoomCode& room, const std::optional<UserId>& user,
                     const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return;
    Ban ban;
    ban.room = room;
    ban.user = user;
    ban.address = address;
    found->second.bans.push_back(std::move(ban));
}

void KnownRooms::forget(const RoomCode& room) {
    const std::lock_guard lock(mutex_);
    rooms_.erase(room);
}

std::optional<ListedRoom> KnownRooms::find(const RoomCode& room) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return std::nullopt;
    return found->second.listed;
}

std::vector<Ban> KnownRooms::bans(const RoomCode& room, WallTime now) const {
    const std::lock_guard lock(mutex_);
    std::vector<Ban> in_force;
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return in_force;
    std::ranges::copy_if(found->second.bans, std::back_inserter(in_force),
                         [now](const Ban& each) { return each.in_force(now); });
    return in_force;
}

net::awaitable<std::optional<ListedRoom>> KnownRooms::look_for(RoomCode room) const {
    auto here = find(room);
    if (here || !fetch_) co_return here;
    (void)co_await fetch_(room);
    co_return find(room);
}

std::optional<Ban> KnownRooms::ban_on(const RoomCode& room, UserId user, const std::string& address,
                                      WallTime now) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return std::nullopt;
    for (const Ban& each : found->second.bans) {
        const bool meant = each.user == user || (!each.address.empty() && each.address == address);
        if (meant && each.in_force(now)) return each;
    }
    return std::nullopt;
}

}  // namespace syncwatch
