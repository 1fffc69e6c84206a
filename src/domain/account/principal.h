#pragma once
#include <string>

#include "base/uuid.h"

namespace syncwatch {

enum class UserKind : std::uint8_t { User, Guest };

/// Who is asking: what a token stands for, looked up once per request.
struct Principal {
    UserId user;
    SessionId session;
    UserKind kind = UserKind::Guest;
    bool admin = false;
    std::string display_name;

    bool is_guest() const { return kind == UserKind::Guest; }
};

}  // namespace syncwatch
