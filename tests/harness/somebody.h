#pragma once
#include <string>

#include "adapters/memory_stores/memory_installation.h"
#include "domain/account/principal.h"
#include "harness/sim_world.h"

namespace syncwatch {

/// Somebody new, who has an account there.
inline Principal somebody(MemoryInstallation& there, SimWorld& world, const std::string& name,
                          UserKind kind) {
    Principal who;
    who.user = world.make_id<UserId>(world.wall());
    who.session = world.make_id<SessionId>(world.wall());
    who.kind = kind;
    who.display_name = name;
    Account account;
    account.id = who.user;
    account.kind = kind;
    account.username = kind == UserKind::User ? name : "";
    account.display_name = name;
    there.accounts[who.user] = account;
    return who;
}

}  // namespace syncwatch
