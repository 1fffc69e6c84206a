#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>

#include "relay/conditions.h"

namespace syncwatch::relay {

/// Bytes of payload in one packet of a link with the usual 1500.
constexpr std::size_t kPacketBytes = 1448;

/// The narrowest place of one direction, which all connections share: a token bucket. Pure.
class Bottleneck {
public:
    /// When `bytes` that come at `now` have passed through.
    Instant pass(Instant now, std::size_t bytes, std::uint64_t bytes_per_second);
    /// How long something that comes at `now` has to queue before it.
    Duration queue(Instant now) const;
    /// How much of a stream to send through at once, so that others get their turn.
    static std::size_t turn_bytes(std::uint64_t bytes_per_second);

private:
    Instant free_at_{};
};

/// When the pieces of one TCP connection come out at the other end: in order, always all. Pure.
class StreamPath {
public:
    explicit StreamPath(std::uint64_t seed) : chance_(seed) {}

    Instant arrival(Instant sent, std::size_t bytes, const Conditions& conditions);
    std::uint64_t stalls() const { return stalls_; }

private:
    std::mt19937_64 chance_;
    Instant last_{};
    std::uint64_t stalls_ = 0;
};

/// The same for datagrams: each on its own, so that they overtake each other; some never. Pure.
class DatagramPath {
public:
    explicit DatagramPath(std::uint64_t seed) : chance_(seed) {}

    std::optional<Instant> arrival(Instant sent, const Conditions& conditions);

private:
    std::mt19937_64 chance_;
};

}  // namespace syncwatch::relay
