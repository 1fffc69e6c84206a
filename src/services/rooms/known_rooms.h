#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
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
    /// Those bans that are in force.
    std::vector<Ban> bans(const RoomCode& room, WallTime now) const;
    /// Makes a room live here as another node has it, if any does; takes less than a second.
    using Fetch = std::function<Async<>(RoomCode)>;
    /// Before anybody looks for a room.
    void fetch_by(Fetch fetch) { fetch_ = std::move(fetch); }
    /// As find(), of a room that is live on any node.
    net::awaitable<std::optional<ListedRoom>> look_for(RoomCode room) const;
    /// As RoomStore::ban_on, of a room that is known.
    std::optional<Ban> ban_on(const RoomCode& room, UserId user, const std::string& address,
                              WallTime now) const;

private:
    struct Known {
        ListedRoom listed;
        std::vector<Ban> bans;
    };

    Fetch fetch_;               ///< Empty: there are no other nodes.
    mutable std::mutex mutex_;  // Guards rooms_.
    std::map<RoomCode, Known> rooms_;
};

}  // namespace syncwatch
