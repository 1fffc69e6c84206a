#include "services/rooms/room_peers.h"

#include <algorithm>

namespace syncwatch {
namespace {

/// An answer is on its way for so long; then it was lost.
constexpr auto kAskPause = std::chrono::seconds(1);

}  // namespace

RoomPeers::Order RoomPeers::heard(const PeerNews& news, WallTime room_now, Instant now) {
    Peer& peer = peers_[news.life];
    peer.heard = now;
    if (const auto way = delay_of(news.now, room_now)) peer.way.add(*way, room_now);
    if (news.summary) {
        peer.delay = news.summary->delay;
        peer.jump = news.summary->jump;
    }
    if (news.number <= peer.number) return Order::Old;
    const bool follows = news.number == peer.number + 1;
    peer.number = news.number;
    // Whose first word was heard is known from the beginning: nobody was there then.
    if (news.number == 1) peer.complete = true;
    if (follows) return Order::Next;
    peer.complete = false;
    return Order::Gap;
}

void RoomPeers::is_complete(const std::string& life) {
    const auto found = peers_.find(life);
    if (found != peers_.end()) found->second.complete = true;
}

bool RoomPeers::should_ask(const std::string& life, Instant now) {
    const auto found = peers_.find(life);
    if (found == peers_.end() || found->second.complete) return false;
    if (now - found->second.asked < kAskPause) return false;
    found->second.asked = now;
    return true;
}

bool RoomPeers::is_alive(const std::string& life, Instant now) const {
    const auto found = peers_.find(life);
    return found != peers_.end() && now - found->second.heard < kAlive;
}

bool RoomPeers::anyone_alive(Instant now) const {
    return std::ranges::any_of(peers_,
                               [&](const auto& each) { return now - each.second.heard < kAlive; });
}

std::vector<std::string> RoomPeers::forget_silent(std::chrono::milliseconds patience, Instant now) {
    std::vector<std::string> gone;
    for (const auto& [life, peer] : peers_) {
        if (now - peer.heard >= patience) gone.push_back(life);
    }
    for (const std::string& life : gone) peers_.erase(life);
    return gone;
}

std::chrono::microseconds RoomPeers::delay(WallTime room_now) const {
    std::chrono::microseconds worst{0};
    for (const auto& [life, peer] : peers_) {
        worst = std::max(worst, peer.way.worst(room_now) + peer.delay);
    }
    return worst;
}

std::chrono::microseconds RoomPeers::jump() const {
    std::chrono::microseconds longest{0};
    for (const auto& [life, peer] : peers_) longest = std::max(longest, peer.jump);
    return longest;
}

}  // namespace syncwatch
