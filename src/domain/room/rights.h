#pragma once
#include <optional>
#include <span>

#include "base/time.h"
#include "base/uuid.h"
#include "domain/room/room.h"

namespace syncwatch {

/// What decides who acts as host.
struct Standing {
    UserId user;
    Role role = Role::Viewer;
    WallTime role_since{};  ///< Seniority among moderators.
    WallTime joined{};      ///< Order among viewers.
};

/// The first present in the order: owner, moderators by seniority, members by the time they came.
/// Derived, never agreed on. nullopt: nobody is there.
std::optional<UserId> acting_host(std::span<const Standing> present);

/// May somebody of this role play, pause, seek and choose?
bool may_control(Control policy, Role role, bool acts_as_host);

/// May somebody of role `by` send away, or change the role of, somebody of role `whom`?
bool may_kick(Role by, Role whom);

}  // namespace syncwatch
