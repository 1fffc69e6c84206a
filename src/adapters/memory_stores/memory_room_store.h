#pragma once
#include "adapters/memory_stores/memory_installation.h"
#include "ports/room_store.h"

namespace syncwatch {

/// Rooms, roles and bans in memory, for simulation. One thread; never waits.
class MemoryRoomStore final : public RoomStore {
public:
    explicit MemoryRoomStore(MemoryInstallation& data) : data_(data) {}

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
    ListedRoom listed(const Room& room) const;
    template <class Chosen>
    std::vector<ListedRoom> newest(Chosen chosen, int limit) const;
    Result<> check(const RoomCode& code, UserId user) const;

    MemoryInstallation& data_;
};

}  // namespace syncwatch
