#include "gateway/websocket/decoder.h"

#include <array>
#include <cstring>

#include "base/encoding.h"

namespace syncwatch::websocket {
namespace {

/// Codes that may stand in a close frame (RFC 6455, 7.4).
bool is_close_code(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

std::uint64_t big_endian(const char* bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
    return value;
}

void unmask(std::span<char> payload, const char* mask) {
    std::array<char, 8> wide;
    std::memcpy(wide.data(), mask, 4);
    std::memcpy(wide.data() + 4, mask, 4);
    std::uint64_t key = 0;
    std::memcpy(&key, wide.data(), 8);
    std::size_t i = 0;
    for (; i + 8 <= payload.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, payload.data() + i, 8);
        word ^= key;
        std::memcpy(payload.data() + i, &word, 8);
    }
    for (; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
}

bool is_control(Opcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= 0x8;
}

bool is_known(std::uint8_t opcode) {
    return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xa);
}

}  // namespace

std::optional<Violation> Decoder::feed(std::span<char> bytes, DecoderEvents& events) {
    if (stopped_) return std::nullopt;
    std::optional<Violation> found;
    if (incomplete_.empty()) {
        found = decode(bytes, events);
        incomplete_.assign(bytes.data(), bytes.size());
    } else {
        incomplete_.append(bytes.data(), bytes.size());
        std::span<char> whole(incomplete_);
        found = decode(whole, events);
        incomplete_.erase(0, incomplete_.size() - whole.size());
    }
    // A quiet connection keeps no buffer.
    if (incomplete_.empty() && incomplete_.capacity() > 64) incomplete_.shrink_to_fit();
    if (found) stopped_ = true;
    return found;
}

/// Decodes frames off the front of `bytes` while they are whole.
std::optional<Violation> Decoder::decode(std::span<char>& bytes, DecoderEvents& events) {
    while (!stopped_) {
        std::optional<Header> header;
        if (auto found = parse_header(bytes, header)) return found;
        if (!header) return std::nullopt;
        if (bytes.size() < header->size + header->payload) return std::nullopt;
        const auto payload = bytes.subspan(header->size, static_cast<std::size_t>(header->payload));
        unmask(payload, header->mask);
        const std::string_view text(payload.data(), payload.size());
        const auto found = is_control(header->opcode) ? control_frame(*header, text, events)
                                                      : data_frame(*header, text, events);
        if (found) return found;
        bytes = bytes.subspan(header->size + payload.size());
    }
    bytes = {};
    return std::nullopt;
}

std::optional<Violation> Decoder::parse_header(std::span<const char> bytes,
                                               std::optional<Header>& out) {
    if (bytes.size() < 2) return std::nullopt;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    if ((first & 0x70) != 0 || !is_known(first & 0x0f) || (second & 0x80) == 0) {
        return Violation::Protocol;  // reserved bits, reserved opcodes, no mask
    }
    Header header{};
    header.opcode = static_cast<Opcode>(first & 0x0f);
    header.final = (first & 0x80) != 0;
    const std::uint8_t length = second & 0x7f;
    const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (is_control(header.opcode) && (extra > 0 || !header.final)) return Violation::Protocol;
    header.size = 2 + extra + 4;
    if (bytes.size() < 2 + extra) return std::nullopt;
    header.payload = extra == 0 ? length : big_endian(bytes.data() + 2, extra);
    if (auto found = check(header)) return found;
    if (bytes.size() < header.size) return std::nullopt;
    header.mask = bytes.data() + 2 + extra;
    out = header;
    return std::nullopt;
}

/// What can be refused before the payload has come.
std::optional<Violation> Decoder::check(const Header& header) const {
    if (is_control(header.opcode)) return std::nullopt;
    const bool continues = header.opcode == Opcode::Continuation;
    if (continues != in_message_) return Violation::Protocol;
    if (header.opcode == Opcode::Binary) return Violation::Binary;
    const bool minimal = header.size == 6 || (header.size == 8 && header.payload > 125) ||
                         (header.size == 14 && header.payload > 0xffff);
    if (!minimal || header.payload >> 63 != 0) return Violation::Protocol;
    if (header.payload > max_message_ - message_.size()) return Violation::TooLarge;
    return std::nullopt;
}

std::optional<Violation> Decoder::data_frame(const Header& header, std::string_view payload,
                                             DecoderEvents& events) {
    if (header.final && !in_message_) {
        if (!is_utf8(payload)) return Violation::NotUtf8;
        stopped_ = !events.on_text(payload);
        return std::nullopt;
    }
    message_.append(payload);
    in_message_ = !header.final;
    if (in_message_) return std::nullopt;
    const std::string whole = std::exchange(message_, {});
    if (!is_utf8(whole)) return Violation::NotUtf8;
    stopped_ = !events.on_text(whole);
    return std::nullopt;
}

std::optional<Violation> Decoder::control_frame(const Header& header, std::string_view payload,
                                                DecoderEvents& events) {
    if (header.opcode == Opcode::Ping) {
        events.on_ping(payload);
    } else if (header.opcode == Opcode::Pong) {
        events.on_pong(payload);
    } else {
        stopped_ = true;
        if (payload.empty()) {
            events.on_close(std::nullopt, {});
            return std::nullopt;
        }
        if (payload.size() == 1) return Violation::Protocol;
        const auto code = static_cast<std::uint16_t>(big_endian(payload.data(), 2));
        const std::string_view reason = payload.substr(2);
        if (!is_close_code(code)) return Violation::Protocol;
        if (!is_utf8(reason)) return Violation::NotUtf8;
        events.on_close(code, reason);
    }
    return std::nullopt;
}

}  // namespace syncwatch::websocket
