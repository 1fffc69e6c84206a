#pragma once
#include <boost/json/object.hpp>

#include "base/time.h"
#include "protocol/http/json_body.h"
#include "services/rooms/room_directory.h"

namespace syncwatch::http {

/// What a room's password may be: a word for friends, not a key.
inline constexpr TextLimits kRoomPassword{0, 256};

/// The bodies of the calls about rooms. Errors: InvalidInput with every field that is wrong.
Result<RoomDirectory::NewRoom> new_room_from(const boost::json::object& body);
Result<RoomDirectory::Patch> room_patch_from(const boost::json::object& body);
/// `now` is what "until" counts from.
Result<RoomDirectory::NewBan> new_ban_from(const boost::json::object& body, WallTime now);

}  // namespace syncwatch::http
