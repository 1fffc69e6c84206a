#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "domain/account/principal.h"
#include "domain/room/room.h"

namespace syncwatch {

/// What changes about a room; what is absent stays.
struct RoomChanges {
    std::optional<std::string> name;
    std::optional<Control> control;
    std::optional<Visibility> visibility;
    std::optional<Hold> hold;
    std::optional<int> capacity;
    std::optional<std::string> password_hash;  ///< Empty: take the password away.
};

/// A room with what a list shows of it.
struct ListedRoom {
    Room room;
    std::string owner_name;
};

/// Somebody who was in a room, and what they are there.
struct RoomMembership {
    UserId user;
    Role role = Role::Viewer;
    WallTime since{};  ///< When they got the role: seniority among moderators.
};

/// Keeps somebody out: a user by id (account or guest), an address, or both.
struct Ban {
    BanId id;
    RoomCode room;
    std::optional<UserId> user;
    std::string address;  ///< An address scope; empty: none.
    std::string name;     ///< As they were called then, for the list.
    UserKind kind = UserKind::Guest;
    UserId made_by;
    WallTime created_at{};
    std::optional<WallTime> until;  ///< nullopt: for good.

    bool in_force(WallTime now) const { return !until || *until > now; }
};

/// Rooms, roles and bans. Every call is whole or not at all, and durable when it returns. All fail
/// with Unavailable (component "database").
/// All pass tests/contract/room_store_contract.h.
class RoomStore {
public:
    virtual ~RoomStore() = default;

    /// The owner gets the role Owner. Errors: Conflict (the code is taken), NotFound (the owner).
    virtual Async<> add(Room room) = 0;
    /// Errors: NotFound (reason "no_such_room").
    virtual Async<ListedRoom> find(RoomCode code) = 0;
    /// Rooms that `user` owns or was in, the latest first.
    virtual Async<std::vector<ListedRoom>> rooms_of(UserId user, int limit) = 0;
    /// Public rooms, the newest first.
    virtual Async<std::vector<ListedRoom>> public_rooms(int limit) = 0;
    /// Every room, the newest first: for operators.
    virtual Async<std::vector<ListedRoom>> all_rooms(int limit) = 0;
    virtual Async<std::vector<RoomCode>> owned_by(UserId user) = 0;
    /// The room as it is now. Errors: NotFound (reason "no_such_room").
    virtual Async<Room> change(RoomCode code, RoomChanges changes) = 0;
    /// With its roles, bans and everything that refers to it. Errors: NotFound.
    virtual Async<> remove(RoomCode code) = 0;

    /// Viewer for whoever has no role there.
    virtual Async<Role> role(RoomCode code, UserId user) = 0;
    /// Errors: NotFound (room or user).
    virtual Async<> set_role(RoomCode code, UserId user, Role role, WallTime now) = 0;
    /// Notes that somebody was in the room; keeps the role they have. Errors: NotFound (room,
    /// reason "no_such_room", or user).
    virtual Async<Role> remember(RoomCode code, UserId user, WallTime now) = 0;
    /// Owner and moderators, the most senior first.
    virtual Async<std::vector<RoomMembership>> staff(RoomCode code) = 0;

    /// Errors: NotFound (room or user).
    virtual Async<> add_ban(Ban ban) = 0;
    /// Bans in force, the newest first.
    virtual Async<std::vector<Ban>> bans(RoomCode code, WallTime now) = 0;
    /// The ban that keeps this somebody out, if any. `address` is an address scope.
    virtual Async<std::optional<Ban>> ban_on(RoomCode code, UserId user, std::string address,
                                             WallTime now) = 0;
    /// Errors: NotFound.
    virtual Async<Ban> lift_ban(RoomCode code, BanId id) = 0;
};

}  // namespace syncwatch
