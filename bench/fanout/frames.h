#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncwatch::bench {

/// Opcodes of RFC 6455 that a bench meets.
enum Opcode : std::uint8_t { kText = 0x1, kClose = 0x8, kPing = 0x9, kPong = 0xa };

/// A frame as a client sends it, masked.
std::string client_frame(std::string_view payload, Opcode opcode = kText);

/// A frame as a server sends it.
std::string server_frame(std::string_view payload, Opcode opcode = kText);

struct Frame {
    std::uint8_t opcode = 0;
    std::string_view payload;
};

/// Takes one whole frame off the front of `data`, unmasking it where it lies; nullopt: it is not
/// all there. Frames of up to 4 GiB, unfragmented: what both sides of a bench send.
std::optional<Frame> take_frame(char*& data, std::size_t& size);

}  // namespace syncwatch::bench
