#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/uuid.h"
#include "domain/room/room.h"

namespace syncwatch {

/// What is said on topics::room(code), after the database was changed. As text: a word, then
/// "name=value" parts; parts that are not known are passed by, so that nodes of two versions
/// understand one another.
struct RoomNotice {
    enum class Kind : std::uint8_t {
        Settings,  ///< Read the Room again.
        Deleted,   ///< Close every socket (4404).
        Banned,    ///< Close the sockets (4403) of `user`, and of whoever came from `address`
                   ///< (JoinGrant::address; the owner stays).
        Kicked,    ///< Close the sockets (4403) of `user`, who may come back.
        Role,      ///< `user` is `role` now.
    };
    Kind kind = Kind::Settings;
    std::optional<UserId> user = {};
    std::string address = {};
    Role role = Role::Viewer;
    bool operator==(const RoomNotice&) const = default;
};

std::string settings_notice();
std::string deleted_notice();
std::string banned_notice(const std::optional<UserId>& user, const std::string& address);
std::string kicked_notice(UserId user);
std::string role_notice(UserId user, Role role);

/// nullopt: a kind that this version does not know.
std::optional<RoomNotice> parse_room_notice(std::string_view text);

}  // namespace syncwatch
