#include "gateway/websocket/frame.h"

namespace syncwatch::websocket {
namespace {

constexpr std::size_t kMaxCloseReason = 123;  // 125 less the code (RFC 6455, 5.5)

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xff));
    }
}

}  // namespace

Frame::Frame(Opcode opcode, std::string_view payload)
    : control_(static_cast<std::uint8_t>(opcode) >= 0x8) {
    bytes_.reserve(payload.size() + 10);
    bytes_.push_back(static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode)));
    if (payload.size() < 126) {
        bytes_.push_back(static_cast<char>(payload.size()));
    } else if (payload.size() <= 0xffff) {
        bytes_.push_back(126);
        append_big_endian(bytes_, payload.size(), 2);
    } else {
        bytes_.push_back(127);
        append_big_endian(bytes_, payload.size(), 8);
    }
    bytes_.append(payload);
}

SharedFrame frame_text(std::string_view payload) {
    return SharedFrame(new Frame(Opcode::Text, payload));
}

SharedFrame frame_close(std::uint16_t code, std::string_view reason) {
    std::string payload;
    append_big_endian(payload, code, 2);
    payload.append(reason.substr(0, kMaxCloseReason));
    return SharedFrame(new Frame(Opcode::Close, payload));
}

}  // namespace syncwatch::websocket
