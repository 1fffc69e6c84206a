#pragma once
#include <optional>
#include <string>

#include "base/uuid.h"
#include "domain/room/room.h"

namespace syncwatch {

/// What is said on topics::room(code), as JSON. The database has been changed already.

/// {"kind":"settings"}: read the Room again.
std::string settings_notice();
/// {"kind":"deleted"}: close every socket (4404).
std::string deleted_notice();
/// {"kind":"banned","user":ID?,"address":SCOPE?}: close the sockets (4403) of that user, and of
/// whoever came from that address (JoinGrant::address; the owner stays).
std::string banned_notice(const std::optional<UserId>& user, const std::string& address);
/// {"kind":"role","user":ID,"role":WORD}
std::string role_notice(UserId user, Role role);

}  // namespace syncwatch
