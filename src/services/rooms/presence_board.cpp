#include "services/rooms/presence_board.h"

#include <utility>

namespace syncwatch {

void PresenceBoard::put(const RoomCode& room, PresentMember who) {
    const std::lock_guard lock(mutex_);
    InRoom& inside = rooms_[room];
    const UserId user = who.user;
    if (inside.people.insert_or_assign(user, std::move(who)).second) inside.order.push_back(user);
}

void PresenceBoard::remove(const RoomCode& room, UserId user) {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end() || found->second.people.erase(user) == 0) return;
    std::erase(found->second.order, user);
    if (found->second.people.empty()) rooms_.erase(found);
}

void PresenceBoard::clear(const RoomCode& room) {
    const std::lock_guard lock(mutex_);
    rooms_.erase(room);
}

std::size_t PresenceBoard::present(const RoomCode& room) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    return found == rooms_.end() ? 0 : found->second.people.size();
}

std::vector<std::string> PresenceBoard::names(const RoomCode& room) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return out;
    for (const UserId& each : found->second.order) {
        out.push_back(found->second.people.at(each).name);
    }
    return out;
}

std::optional<PresentMember> PresenceBoard::find(const RoomCode& room, UserId user) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return std::nullopt;
    const auto who = found->second.people.find(user);
    if (who == found->second.people.end()) return std::nullopt;
    return who->second;
}

}  // namespace syncwatch
