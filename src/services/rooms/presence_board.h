#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "services/rooms/presence.h"

namespace syncwatch {

/// Who is in which room, written by the rooms of every shard and read by everybody. Thread-safe.
class PresenceBoard final : public RoomPresence {
public:
    /// Somebody is in the room; if they are already, this is how they are now.
    void put(const RoomCode& room, PresentMember who);
    void remove(const RoomCode& room, UserId user);
    void clear(const RoomCode& room);

    std::size_t present(const RoomCode& room) const override;
    std::vector<std::string> names(const RoomCode& room) const override;
    std::optional<PresentMember> find(const RoomCode& room, UserId user) const override;

private:
    struct InRoom {
        std::map<UserId, PresentMember> people;
        std::vector<UserId> order;  ///< As they came.
    };

    mutable std::mutex mutex_;  // Guards rooms_.
    std::map<RoomCode, InRoom> rooms_;
};

}  // namespace syncwatch
