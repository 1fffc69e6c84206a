#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

#include "adapters/linked_bus/envelope.h"
#include "base/time.h"

namespace syncwatch {

enum class Road : std::uint8_t { Primary, Second };

/// Which roads a node sends on, from how its primary does and what its peers say. Pure.
/// It goes by the primary while that is trusted, by the second otherwise, and by both while a peer
/// cannot hear the primary: then only one of them is cut off from it.
class RoadChoice {
public:
    struct Options {
        /// A peer's word on the second road holds this long: three of its beats.
        std::chrono::milliseconds word_holds{1600};
        /// A peer that does well on a primary where we do not hear it is on another primary.
        std::chrono::milliseconds unheard{2000};
        std::size_t max_peers = 256;
    };
    struct Routes {
        bool primary = true;
        bool second = false;
        bool operator==(const Routes&) const = default;
    };

    explicit RoadChoice(Options options) : options_(options) {}

    /// A peer's beat. True: the peer was away from this road since its last one, or since before
    /// this node knew it.
    bool heard(const BusBeat& beat, Road road, Instant now);
    /// Chooses anew. `trusted`: LinkHealth of the primary.
    void update(bool trusted, Instant now);

    Routes routes() const { return routes_; }
    /// What this node's own beats say: it cannot be reached over the primary.
    bool needs_second() const { return !routes_.primary; }
    /// Peers heard on any road lately.
    std::size_t peers(Instant now) const;

private:
    struct Peer {
        Instant since;
        std::array<std::optional<Instant>, 2> heard;  ///< Last, by road.
        std::array<std::uint64_t, 2> connection{};    ///< By road; 0: none yet.
        bool primary_loops = false;
        bool needs_second = false;
    };

    bool recent(const std::optional<Instant>& heard, std::chrono::milliseconds within,
                Instant now) const {
        return heard && now - *heard <= within;
    }
    bool on_another_primary(const Peer& peer, Instant now) const;
    void forget_oldest();

    const Options options_;
    std::map<PublisherId, Peer> peers_;
    Routes routes_;
};

}  // namespace syncwatch
