#pragma once
#include "adapters/sql/database.h"
#include "ports/room_store.h"

namespace syncwatch::sql {

/// Rooms, roles and bans in an SQL database.
class SqlRoomStore final : public RoomStore {
public:
    explicit SqlRoomStore(Database& database) : database_(database) {}

    Async<> add(Room room) override;
    Async<ListedRoom> find(RoomCode code) override;
    Async<std::vector<ListedRoom>> rooms_of(UserId user, int limit) override;
    Async<std::vector<ListedRoom>> public_rooms(int limit) override;
    Async<std::vector<ListedRoom>> all_rooms(int limit) override;
    Async<std::vector<RoomCode>> owned_by(UserId user) override;
    Async<Room> change(RoomCode code, RoomChanges changes) override;
    Async<> remove(RoomCode code) override;

    Async<Role> role(RoomCode code, UserId user) override;
    Async<> set_role(RoomCode code, UserId user, Role role, WallTime now) override;
    Async<Role> remember(RoomCode code, UserId user, WallTime now) override;
    Async<std::vector<RoomMembership>> staff(RoomCode code) override;

    Async<> add_ban(Ban ban) override;
    Async<std::vector<Ban>> bans(RoomCode code, WallTime now) override;
    Async<std::optional<Ban>> ban_on(RoomCode code, UserId user, std::string address,
                                     WallTime now) override;
    Async<Ban> lift_ban(RoomCode code, BanId id) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
