#include "base/uuid.h"

#include <algorithm>
#include <cstddef>

namespace syncwatch {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool dash_at(std::size_t position) {
    return position == 8 || position == 13 || position == 18 || position == 23;
}

}  // namespace

Uuid Uuid::make_v7(WallTime now, std::span<const std::uint8_t, 10> random) {
    Uuid id;
    const auto millis = static_cast<std::uint64_t>(to_micros(now) / 1000);
    for (std::size_t i = 0; i < 6; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(millis >> (8 * (5 - i)));
    }
    std::copy(random.begin(), random.end(), id.bytes.begin() + 6);
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x70);  // RFC 9562, 5.7
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

Result<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) return fail(ErrorCode::InvalidInput, "not a UUID");
    Uuid id;
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (dash_at(i)) {
            if (text[i] != '-') return fail(ErrorCode::InvalidInput, "not a UUID");
            continue;
        }
        const int value = hex_value(text[i]);
        if (value < 0) return fail(ErrorCode::InvalidInput, "not a UUID");
        auto& byte = id.bytes[nibble / 2];
        byte = static_cast<std::uint8_t>(nibble % 2 == 0 ? value << 4 : byte | value);
        ++nibble;
    }
    return id;
}

std::optional<WallTime> Uuid::made_at() const {
    if (bytes[6] >> 4 != 7 || bytes[8] >> 6 != 2) return std::nullopt;
    std::int64_t millis = 0;
    for (std::size_t i = 0; i < 6; ++i) millis = millis << 8 | bytes[i];
    return from_micros(millis * 1000);
}

std::array<char, 36> Uuid::letters() const {
    std::array<char, 36> out;
    std::size_t at = 0;
    for (const auto byte : bytes) {
        if (dash_at(at)) out[at++] = '-';
        out[at++] = kHex[byte >> 4];
        out[at++] = kHex[byte & 0x0f];
    }
    return out;
}

std::string Uuid::text() const {
    const auto all = letters();
    return {all.data(), all.size()};
}

}  // namespace syncwatch
