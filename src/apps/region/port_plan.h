#pragma once
#include <cstdint>

#include "base/result.h"

namespace syncwatch::lab {

/// Which part of a region listens where: always at the same distance from the region's first port,
/// so that addresses can be learned by heart, and two regions fit beside each other.
///
/// What others reach through a door (see door.h) listens at `behind` its public port.
class PortPlan {
public:
    static constexpr std::uint16_t kSpan = 500;     ///< Ports of one region.
    static constexpr unsigned kMostNodes = 9;       ///< App nodes, and as many workers.
    static constexpr std::uint16_t kBase = 20'000;  ///< Below those that kernels give to clients.

    /// `region` is a letter; `base` is the first port of region a. Errors: InvalidInput.
    static Result<PortPlan> make(char region, std::uint16_t base);

    std::uint16_t first() const { return first_; }
    std::uint16_t site() const { return at(0); }
    std::uint16_t site_stats() const { return at(1); }
    std::uint16_t node(unsigned number) const { return at(10 + number); }
    std::uint16_t worker(unsigned number) const { return at(20 + number); }
    std::uint16_t postgres(unsigned number) const { return at(30 + number); }
    std::uint16_t patroni(unsigned number) const { return at(35 + number); }
    std::uint16_t etcd(unsigned number) const { return at(40 + number); }
    std::uint16_t etcd_peer(unsigned number) const { return at(45 + number); }
    std::uint16_t redis(unsigned number) const { return at(50 + number); }
    std::uint16_t sentinel(unsigned number) const { return at(55 + number); }
    std::uint16_t objects_http(unsigned number) const { return at(60 + number); }
    std::uint16_t objects_https(unsigned number) const { return at(65 + number); }
    std::uint16_t turn(unsigned number) const { return at(70 + number); }
    std::uint16_t dns() const { return at(80); }

    /// Where the server itself listens whose door has `port`.
    static std::uint16_t behind(std::uint16_t port) {
        return static_cast<std::uint16_t>(port + 100);
    }
    /// The way from one PostgreSQL to one etcd: through its own door, so that who is cut off cannot
    /// go on as the leader.
    std::uint16_t etcd_of(unsigned postgres, unsigned etcd) const {
        return at(200 + 10 * postgres + etcd);
    }
    std::uint16_t ceph_monitor(unsigned number) const { return at(250 + number); }
    /// The first of kCephPorts that a store takes its own from.
    std::uint16_t ceph_first(unsigned number) const { return at(240 + 20 * number); }
    static constexpr std::uint16_t kCephPorts = 20;
    /// The first of kRelayPorts that voices are relayed at.
    std::uint16_t turn_first(unsigned number) const { return at(250 + 50 * number); }
    static constexpr std::uint16_t kRelayPorts = 50;

private:
    explicit PortPlan(std::uint16_t first) : first_(first) {}
    std::uint16_t at(unsigned distance) const {
        return static_cast<std::uint16_t>(first_ + distance);
    }

    std::uint16_t first_;
};

}  // namespace syncwatch::lab
