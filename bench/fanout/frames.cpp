#include "fanout/frames.h"

#include <array>
#include <cstring>

namespace syncwatch::bench {
namespace {

constexpr std::array<char, 4> kMask{0x12, 0x5a, 0x36, 0x1e};

std::string frame_head(Opcode opcode, std::size_t size, std::uint8_t mask_bit) {
    std::string head(1, static_cast<char>(0x80 | opcode));
    const auto push = [&head](std::size_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i) head.push_back(static_cast<char>(value >> (8 * i)));
    };
    if (size < 126) {
        push(mask_bit | size, 1);
    } else if (size < 65536) {
        push(mask_bit | 126U, 1);
        push(size, 2);
    } else {
        push(mask_bit | 127U, 1);
        push(size, 8);
    }
    return head;
}

}  // namespace

std::string client_frame(std::string_view payload, Opcode opcode) {
    std::string frame = frame_head(opcode, payload.size(), 0x80);
    frame.append(kMask.data(), kMask.size());
    for (std::size_t i = 0; i < payload.size(); ++i) {
        frame.push_back(static_cast<char>(payload[i] ^ kMask[i % 4]));
    }
    return frame;
}

std::string server_frame(std::string_view payload, Opcode opcode) {
    return frame_head(opcode, payload.size(), 0).append(payload);
}

std::optional<Frame> take_frame(char*& data, std::size_t& size) {
    if (size < 2) return std::nullopt;
    const auto byte = [data](std::size_t i) { return static_cast<std::uint8_t>(data[i]); };
    std::size_t payload = byte(1) & 0x7f;
    const std::size_t extra = payload == 126 ? 2 : payload == 127 ? 8 : 0;
    const bool masked = (byte(1) & 0x80) != 0;
    const std::size_t head = 2 + extra + (masked ? 4 : 0);
    if (size < head) return std::nullopt;
    if (extra > 0) payload = 0;
    for (std::size_t i = 0; i < extra; ++i) payload = payload << 8 | byte(2 + i);
    if (size < head + payload) return std::nullopt;
    if (masked) {
        std::array<char, 4> mask{};
        std::memcpy(mask.data(), data + head - 4, 4);
        for (std::size_t i = 0; i < payload; ++i) {
            data[head + i] = static_cast<char>(data[head + i] ^ mask[i % 4]);
        }
    }
    const Frame frame{static_cast<std::uint8_t>(byte(0) & 0x0f), {data + head, payload}};
    data += head + payload;
    size -= head + payload;
    return frame;
}

}  // namespace syncwatch::bench
