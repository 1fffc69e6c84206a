#include "domain/room/room_code.h"

namespace syncwatch {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kDashBefore = RoomCode::kLength / 2;

/// The character of the alphabet that a person meant, or 0.
char meant(char typed) {
    const char upper = typed >= 'a' && typed <= 'z' ? static_cast<char>(typed - 'a' + 'A') : typed;
    if (upper == 'I' || upper == 'L') return '1';
    if (upper == 'O') return '0';
    return kAlphabet.find(upper) == std::string_view::npos ? '\0' : upper;
}

}  // namespace

RoomCode RoomCode::make(std::span<const std::uint8_t, kLength> random) {
    RoomCode code;
    for (std::size_t i = 0; i < kLength; ++i) code.characters_[i] = kAlphabet[random[i] & 31];
    return code;
}

Result<RoomCode> RoomCode::parse(std::string_view text) {
    const auto no_code = [] {
        return fail(ErrorCode::NotFound, "not a room code", "no_such_room");
    };
    RoomCode code;
    std::size_t length = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '-' && i == kDashBefore) continue;
        const char character = meant(text[i]);
        if (character == '\0' || length == kLength) return no_code();
        code.characters_[length++] = character;
    }
    if (length != kLength) return no_code();
    return code;
}

std::string RoomCode::text() const {
    std::string shown = compact();
    shown.insert(kDashBefore, 1, '-');
    return shown;
}

}  // namespace syncwatch
