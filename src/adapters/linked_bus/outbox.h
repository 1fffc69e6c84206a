#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>

#include "adapters/linked_bus/bus_link.h"
#include "adapters/linked_bus/road_choice.h"
#include "base/time.h"

namespace syncwatch {

/// What was published lately, and which roads it went: what a road takes over from another is said
/// again there, since nobody knows how much of it arrived (receivers know what they have). What
/// went no road yet is kept until one is open. Pure.
class Outbox {
public:
    struct Options {
        /// How long what went some road is kept from then on: longer than it takes to notice that
        /// it is closed, and than the times lie apart at which nodes come back to it.
        std::chrono::milliseconds keep{10'000};
        /// Over either, the oldest is dropped.
        std::size_t max_messages = 4096;
        std::size_t max_bytes = std::size_t{8} << 20;
    };
    using Send = std::function<void(const BusLink::Bytes& bytes)>;

    explicit Outbox(Options options) : options_(options) {}

    /// Numbers ascend.
    void add(std::uint64_t number, BusLink::Bytes bytes);
    /// Sends, in order, what did not go this road.
    void pump(Road road, Instant now, const Send& send);
    /// Everything up to `number` has been round the road: its server has it.
    void confirm(Road road, std::uint64_t number);
    /// The road broke: what was not confirmed did not go it.
    void broken(Road road);
    /// Somebody may have missed what went the road: it goes again.
    void again(Road road);
    /// Forgets what is old.
    void trim(Instant now);

    /// The last message that went the road.
    std::uint64_t sent(Road road) const { return roads_[index(road)].sent; }
    /// How many went no road.
    std::size_t waiting() const;
    /// How many were dropped before they went any.
    std::uint64_t dropped() const { return dropped_; }

private:
    struct Entry {
        std::uint64_t number;
        BusLink::Bytes bytes;
        Instant at;         ///< When it was said first.
        bool said = false;  ///< It went some road, and that road did not break behind it.
        std::array<bool, 2> went{};
    };
    struct Progress {
        std::uint64_t sent = 0;
        std::uint64_t confirmed = 0;
    };

    static std::size_t index(Road road) { return static_cast<std::size_t>(road); }
    void drop_first();

    const Options options_;
    std::deque<Entry> entries_;
    std::size_t bytes_ = 0;
    std::array<Progress, 2> roads_;
    std::uint64_t dropped_ = 0;
};

}  // namespace syncwatch
