#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace syncwatch {

/// A running process, by chance: the numbers of its messages begin again when it does.
using PublisherId = std::uint64_t;

/// What nodes say to one another over a BusLink.
struct BusMessage {
    PublisherId publisher = 0;
    std::uint64_t number = 0;  ///< From 1, without holes, over all topics.
    std::string topic;
    std::string payload;
    std::string cause = {};  ///< The request that led to it (log::current_request()), or empty.
    bool operator==(const BusMessage&) const = default;
};

/// Said on each road a few times a second: that the publisher lives, and how it does.
struct BusBeat {
    PublisherId publisher = 0;
    std::uint64_t beat = 0;       ///< Of this road, from 1.
    std::uint64_t sent = 0;       ///< The number of the last message that went this road before it.
    std::uint64_t published = 0;  ///< The number of the last message over any road.
    /// Which connection to this road it is: a later one may have missed things before.
    std::uint64_t connection = 0;
    bool primary_loops = false;  ///< Its own beats come back over the primary in time.
    bool needs_second = false;   ///< Whoever wants to be heard by it must use the second road.
    bool operator==(const BusBeat&) const = default;
};

/// The longest cause; longer ones are passed by.
inline constexpr std::size_t kMaxCause = 64;
/// The longest topic; longer ones are a fault of ours.
inline constexpr std::size_t kMaxTopic = 1024;

std::string encode(const BusMessage& message);
std::string encode(const BusBeat& beat);

/// nullopt: not of ours, or of a version that we do not know.
std::optional<std::variant<BusMessage, BusBeat>> decode_envelope(std::string_view bytes);

}  // namespace syncwatch
