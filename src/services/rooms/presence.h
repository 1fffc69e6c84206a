#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "domain/account/principal.h"
#include "domain/room/room_code.h"

namespace syncwatch {

/// Somebody who is in a room now, in however many tabs: a member is a person.
struct PresentMember {
    UserId user;
    UserKind kind = UserKind::Guest;
    std::string name;
    std::string address;  ///< As in JoinGrant::address.
};

/// Who is in a room right now, as far as this process knows. Safe from any thread; never waits.
class RoomPresence {
public:
    virtual ~RoomPresence() = default;
    /// Members with a connection, or in the grace after a drop.
    virtual std::size_t present(const RoomCode& room) const = 0;
    /// Their display names, in the order they came.
    virtual std::vector<std::string> names(const RoomCode& room) const = 0;
    /// Somebody present; for bans. nullopt: not here.
    virtual std::optional<PresentMember> find(const RoomCode& room, UserId user) const = 0;
};

}  // namespace syncwatch
