#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "domain/playback/lead.h"
#include "services/rooms/peer_news.h"

namespace syncwatch {

/// The other nodes that have a room, as one of them hears of them. Knows who speaks and whether
/// something of it was lost; not what it says.
class RoomPeers {
public:
    /// Who is silent for longer commands nothing.
    static constexpr std::chrono::seconds kAlive{3};

    /// How a message stands to what came before it.
    enum class Order : std::uint8_t {
        Old,   ///< It was here before: pass it by.
        Next,  ///< It follows what was here.
        Gap,   ///< Something before it is missing: what it says is true, but not all.
    };
    /// Takes note of a message from another node.
    Order heard(const PeerNews& news, WallTime room_now, Instant now);
    /// Everything of this peer is known now.
    void is_complete(const std::string& life);
    /// Something of this peer is missing still, and it was not asked for it a moment ago.
    bool should_ask(const std::string& life, Instant now);

    bool empty() const { return peers_.empty(); }
    bool is_alive(const std::string& life, Instant now) const;
    bool anyone_alive(Instant now) const;
    /// Forgets those that are silent for `patience`; gives them.
    std::vector<std::string> forget_silent(std::chrono::milliseconds patience, Instant now);
    /// The worst of those that others serve, the way between the nodes included.
    std::chrono::microseconds delay(WallTime room_now) const;
    std::chrono::microseconds jump() const;

private:
    struct Peer {
        Instant heard{};
        std::uint64_t number = 0;
        bool complete = false;
        Instant asked{};
        DelayWindow way;  ///< Of what it says, to here.
        std::chrono::microseconds delay{0};
        std::chrono::microseconds jump{0};
    };
    std::map<std::string, Peer> peers_;  ///< By their lives.
};

}  // namespace syncwatch
