#include "gateway/websocket/frame.h"

#include <algorithm>

namespace syncwatch::websocket {
namespace {

constexpr std::size_t kMaxCloseReason = 123;  // 125 less the code (RFC 6455, 5.5)

/// Writes `value` with its most significant byte first; gives where it ends.
char* put_big_endian(char* out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        *out++ = static_cast<char>((value >> shift) & 0xff);
    }
    return out;
}

/// Bytes of length that follow the first two (RFC 6455, 5.2).
int length_bytes(std::size_t payload) {
    return payload < 126 ? 0 : payload <= 0xffff ? 2 : 8;
}

}  // namespace

SharedFrame Frame::make(Opcode opcode, std::string_view payload) {
    const int extra = length_bytes(payload.size());
    const std::size_t size = 2 + static_cast<std::size_t>(extra) + payload.size();
    auto* frame = new (size) Frame(size);
    char* out = reinterpret_cast<char*>(frame + 1);
    *out++ = static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
    *out++ = static_cast<char>(extra == 0 ? payload.size() : extra == 2 ? 126 : 127);
    out = put_big_endian(out, payload.size(), extra);
    std::ranges::copy(payload, out);
    return SharedFrame(frame);
}

SharedFrame frame_text(std::string_view payload) {
    return Frame::make(Opcode::Text, payload);
}

SharedFrame frame_close(std::uint16_t code, std::string_view reason) {
    std::string payload(2, '\0');
    put_big_endian(payload.data(), code, 2);
    payload.append(reason.substr(0, kMaxCloseReason));
    return Frame::make(Opcode::Close, payload);
}

}  // namespace syncwatch::websocket
