#pragma once
#include "adapters/sql/connection.h"
#include "domain/room/room_code.h"

namespace syncwatch::sql {

/// Errors: NotFound (reason "no_such_room").
inline Result<> check_room(Connection& db, const RoomCode& room) {
    SW_TRY(const auto found, db.query_one(
                                 "SELECT 1 FROM rooms WHERE code = ?",
                                 [](const Row&) { return true; }, room.compact()));
    if (!found) return fail(ErrorCode::NotFound, "no such room", "no_such_room");
    return {};
}

}  // namespace syncwatch::sql
