#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/room_store.h"

namespace syncwatch {

/// The rooms that are live here, with what is decided about them: so that people are let in, or
/// kept out, while the database is away. Kept by the live rooms as they read it and hear of
/// changes. Thread-safe.
class KnownRooms {
public:
    /// Everything there is of it, as it was just read.
    void put(ListedRoom listed, std::vector<Ban> bans);
    /// Somebody was banned; until when is not known yet.
    void ban(const RoomCode& room, const std::optional<UserId>& user, const std::string& address);
    void forget(const RoomCode& room);

    std::optional<ListedRoom> find(const RoomCode& room) const;
    /// As RoomStore::ban_on, of a room that is known.
    std::optional<Ban> ban_on(const RoomCode& room, UserId user, const std::string& address,
                              WallTime now) const;

private:
    struct Known {
        ListedRoom listed;
        std::vector<Ban> bans;
    };

    mutable std::mutex mutex_;  // Guards rooms_.
    std::map<RoomCode, Known> rooms_;
};

}  // namespace syncwatch
