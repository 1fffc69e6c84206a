#include "adapters/linked_bus/road_choice.h"

#include <algorithm>
#include <utility>

namespace syncwatch {
namespace {

constexpr std::size_t kPrimary = static_cast<std::size_t>(Road::Primary);
constexpr std::size_t kSecond = static_cast<std::size_t>(Road::Second);

}  // namespace

bool RoadChoice::heard(const BusBeat& beat, Road road, Instant now) {
    auto found = peers_.find(beat.publisher);
    if (found == peers_.end()) {
        if (peers_.size() >= options_.max_peers) forget_oldest();
        found = peers_.emplace(beat.publisher, Peer{now, {}, {}, false, false}).first;
    }
    Peer& peer = found->second;
    const auto on = static_cast<std::size_t>(road);
    peer.heard[on] = now;
    peer.primary_loops = beat.primary_loops;
    peer.needs_second = beat.needs_second;
    const std::uint64_t before = std::exchange(peer.connection[on], beat.connection);
    // One that was away for so long that it was forgotten missed something as well; one on its
    // first connection has just been started.
    return before != beat.connection && (before != 0 || beat.connection > 1);
}

void RoadChoice::update(bool trusted, Instant now) {
    std::erase_if(peers_, [&](const auto& entry) {
        const Peer& peer = entry.second;
        return std::ranges::none_of(peer.heard, [&](const auto& heard) {
            return recent(heard, 10 * options_.word_holds, now);
        });
    });
    bool asked = false;
    bool split = false;
    for (const auto& [publisher, peer] : peers_) {
        if (!recent(peer.heard[kSecond], options_.word_holds, now)) continue;
        asked = asked || peer.needs_second;
        split = split || on_another_primary(peer, now);
    }
    routes_.primary = trusted && !split;
    routes_.second = !routes_.primary || asked;
}

bool RoadChoice::on_another_primary(const Peer& peer, Instant now) const {
    return peer.primary_loops && now - peer.since > options_.unheard &&
           !recent(peer.heard[kPrimary], options_.unheard, now);
}

std::size_t RoadChoice::peers(Instant now) const {
    return static_cast<std::size_t>(std::ranges::count_if(peers_, [&](const auto& entry) {
        return std::ranges::any_of(entry.second.heard, [&](const auto& heard) {
            return recent(heard, options_.word_holds, now);
        });
    }));
}

void RoadChoice::forget_oldest() {
    const auto last = [](const auto& entry) {
        return std::max(entry.second.heard[kPrimary], entry.second.heard[kSecond]);
    };
    peers_.erase(std::ranges::min_element(
        peers_, [&](const auto& a, const auto& b) { return last(a) < last(b); }));
}

}  // namespace syncwatch
