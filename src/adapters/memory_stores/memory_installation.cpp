#include "adapters/memory_stores/memory_installation.h"

namespace syncwatch {

void MemoryInstallation::remove_room(const RoomCode& code) {
    rooms.erase(code);
    chat.erase(code);
    queues.erase(code);
    playback.erase(code);
    std::erase_if(visits, [&](const auto& each) { return each.first.first == code; });
    std::erase_if(bans, [&](const Ban& each) { return each.room == code; });
}

void MemoryInstallation::remove_user(UserId user) {
    accounts.erase(user);
    std::erase_if(sessions, [&](const auto& each) { return each.second.user == user; });
    std::erase_if(visits, [&](const auto& each) { return each.first.second == user; });
    std::vector<RoomCode> owned;
    for (const auto& [code, room] : rooms) {
        if (room.owner == user) owned.push_back(code);
    }
    for (const RoomCode& code : owned) remove_room(code);
    for (Ban& each : bans) {
        if (each.user == user) each.user.reset();
    }
}

Result<> MemoryInstallation::check_room(const RoomCode& code) const {
    if (rooms.contains(code)) return {};
    return fail(ErrorCode::NotFound, "no such room", "no_such_room");
}

}  // namespace syncwatch
