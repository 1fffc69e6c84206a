#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ports/room_store.h"

namespace syncwatch {

/// Rooms in a database that can be switched off.
class AwayRoomStore final : public RoomStore {
public:
    explicit AwayRoomStore(RoomStore& inner) : inner_(inner) {}
    bool away = false;

    Async<> add(Room room) override { return reach(inner_.add(std::move(room))); }
    Async<ListedRoom> find(RoomCode code) override { return reach(inner_.find(code)); }
    Async<std::vector<ListedRoom>> rooms_of(UserId user, int limit) override {
        return reach(inner_.rooms_of(user, limit));
    }
    Async<std::vector<ListedRoom>> public_rooms(int limit) override {
        return reach(inner_.public_rooms(limit));
    }
    Async<std::vector<ListedRoom>> all_rooms(int limit) override {
        return reach(inner_.all_rooms(limit));
    }
    Async<std::vector<RoomCode>> owned_by(UserId user) override {
        return reach(inner_.owned_by(user));
    }
    Async<Room> change(RoomCode code, RoomChanges changes) override {
        return reach(inner_.change(code, std::move(changes)));
    }
    Async<> remove(RoomCode code) override { return reach(inner_.remove(code)); }
    Async<Role> role(RoomCode code, UserId user) override { return reach(inner_.role(code, user)); }
    Async<> set_role(RoomCode code, UserId user, Role role, WallTime now) override {
        return reach(inner_.set_role(code, user, role, now));
    }
    Async<Role> remember(RoomCode code, UserId user, WallTime now) override {
        return reach(inner_.remember(code, user, now));
    }
    Async<std::vector<RoomMembership>> staff(RoomCode code) override {
        return reach(inner_.staff(code));
    }
    Async<> add_ban(Ban ban) override { return reach(inner_.add_ban(std::move(ban))); }
    Async<std::vector<Ban>> bans(RoomCode code, WallTime now) override {
        return reach(inner_.bans(code, now));
    }
    Async<std::optional<Ban>> ban_on(RoomCode code, UserId user, std::string address,
                                     WallTime now) override {
        return reach(inner_.ban_on(code, user, std::move(address), now));
    }
    Async<Ban> lift_ban(RoomCode code, BanId id) override {
        return reach(inner_.lift_ban(code, id));
    }

private:
    /// The work begins when it is awaited: what is refused was never done.
    template <class Value>
    net::awaitable<Result<Value>> reach(net::awaitable<Result<Value>> work) {
        if (away) co_return fail_unavailable("database", "away", std::chrono::seconds(5));
        co_return co_await std::move(work);
    }

    RoomStore& inner_;
};

}  // namespace syncwatch
