#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch {

/// The name of a room, and all that is needed to find it: 50 random bits as 10 characters of
/// Crockford's base32. People read it aloud and type it, so I and L are taken as 1, O as 0, case
/// does not matter and the dash is optional.
class RoomCode {
public:
    static constexpr std::size_t kLength = 10;

    /// A code that names no room.
    RoomCode() { characters_.fill('0'); }

    /// From bytes that nobody can guess; five bits of each are used.
    static RoomCode make(std::span<const std::uint8_t, kLength> random);
    /// Errors: NotFound — what is no code names no room.
    static Result<RoomCode> parse(std::string_view text);

    /// As it is stored and used in topics: "7K3F9QZ0XM".
    std::string compact() const { return {characters_.data(), characters_.size()}; }
    /// As it is shown: "7K3F9-QZ0XM".
    std::string text() const;

    auto operator<=>(const RoomCode&) const = default;

private:
    std::array<char, kLength> characters_;
};

}  // namespace syncwatch

template <>
struct std::hash<syncwatch::RoomCode> {
    std::size_t operator()(const syncwatch::RoomCode& code) const noexcept {
        return std::hash<std::string>()(code.compact());
    }
};
