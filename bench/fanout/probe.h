#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncwatch::bench {

/// A message that a room relays to all of its members, with a number that survives the way.
enum class Probe : std::uint8_t {
    React,  ///< A reaction: relayed and forgotten.
    Chat,   ///< A chat message: made durable first, acknowledged to its sender.
    Seek,   ///< A command to the film of the room, which has to be half a minute long.
};

std::optional<Probe> parse_probe(std::string_view word);

/// As a client says it.
std::string say(Probe probe, std::int64_t number);
/// As the room relays it: for a broadcaster that repeats what it hears, so that it delivers the
/// same bytes.
std::string relayed(Probe probe, std::int64_t number);

/// The number in what arrived; nullopt: it is no such probe.
std::optional<std::int64_t> number_of(Probe probe, std::string_view frame);

}  // namespace syncwatch::bench
