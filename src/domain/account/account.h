#pragma once
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/time.h"
#include "base/uuid.h"
#include "domain/account/principal.h"

namespace syncwatch {

/// Somebody the installation knows: an account with a name and a password, or a guest with a
/// display name alone.
struct Account {
    UserId id;
    UserKind kind = UserKind::Guest;
    std::string username;  ///< As it was chosen; empty for a guest.
    std::string display_name;
    bool admin = false;
    std::string password_hash;  ///< Empty for a guest.
    WallTime created_at{};
};

/// One sign-in on one device. The token itself is known to the client alone.
struct Session {
    SessionId id;
    UserId user;
    Sha256Sum token_hash{};
    WallTime created_at{};
    WallTime expires_at{};
};

/// Lets one new account in, once.
struct Invitation {
    Sha256Sum token_hash{};
    UserId created_by;
    WallTime created_at{};
    WallTime expires_at{};
};

std::string_view text(UserKind kind);

}  // namespace syncwatch
