#include "domain/account/names.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.h"

namespace syncwatch {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// Characters that a name shown to others may not hold: controls (C0, C1), what is invisible or
/// reorders text (UAX #9, UTS #39), private use, and what is no character.
constexpr Range kRefused[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},    {0x034f, 0x034f},
    {0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},    {0x180b, 0x180f},
    {0x200b, 0x200b},   {0x200e, 0x200f},   {0x2028, 0x202e},    {0x2060, 0x206f},
    {0x2800, 0x2800},   {0x3164, 0x3164},   {0xe000, 0xf8ff},    {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xffff},    {0x1d173, 0x1d17a},
    {0xe0000, 0xe001f}, {0xe0080, 0xe0fff}, {0xf0000, 0x10ffff},
};

/// Spaces of every width; at the ends of a name they go, inside they stay.
constexpr Range kSpaces[] = {{0x0009, 0x000d}, {0x0020, 0x0020}, {0x0085, 0x0085},
                             {0x00a0, 0x00a0}, {0x1680, 0x1680}, {0x2000, 0x200a},
                             {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};

/// Joiners and variation selectors: part of emoji and of scripts, but nothing by themselves.
constexpr Range kUnseen[] = {{0x200c, 0x200d}, {0xfe00, 0xfe0f}, {0xe0020, 0xe007f}};

template <std::size_t N>
bool within(const Range (&ranges)[N], char32_t character) {
    return std::ranges::any_of(ranges, [character](const Range& range) {
        return character >= range.first && character <= range.last;
    });
}

struct Character {
    char32_t value;
    std::size_t offset;
    std::size_t length;
};

/// `text` is well-formed UTF-8.
std::vector<Character> characters(std::string_view text) {
    std::vector<Character> out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<std::uint8_t>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t value = length == 1 ? lead : lead & (0xffu >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            value = (value << 6) | (static_cast<std::uint8_t>(text[i + k]) & 0x3fu);
        }
        out.push_back({value, i, length});
        i += length;
    }
    return out;
}

std::string utf8_from_latin1(std::string_view bytes) {
    std::string out;
    for (const char byte : bytes) {
        const auto value = static_cast<std::uint8_t>(byte);
        if (value < 0x80) {
            out += byte;
        } else {
            out += static_cast<char>(0xc0 | (value >> 6));
            out += static_cast<char>(0x80 | (value & 0x3f));
        }
    }
    return out;
}

bool letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool username_character(char c) {
    return letter_or_digit(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

Result<std::string> valid_username(std::string_view typed) {
    if (typed.size() < 3 || typed.size() > 32) {
        return fail_field("username", "needs 3 to 32 characters");
    }
    if (!std::ranges::all_of(typed, username_character)) {
        return fail_field("username", "may hold letters a to z, digits, dot, dash and underscore");
    }
    if (!letter_or_digit(typed.front()) || !letter_or_digit(typed.back())) {
        return fail_field("username", "must begin and end with a letter or a digit");
    }
    return std::string(typed);
}

std::string username_key(std::string_view username) {
    std::string key(username);
    for (char& c : key) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return key;
}

Result<std::string> valid_password(std::string typed, std::string_view field) {
    if (typed.size() < 8) return fail_field(std::string(field), "needs at least 8 characters");
    if (typed.size() > 1024) return fail_field(std::string(field), "is too long");
    return typed;
}

Result<std::string> valid_display_name(std::string_view typed, std::string_view field,
                                       std::size_t most) {
    const auto refuse = [field](std::string why) {
        return fail_field(std::string(field), std::move(why));
    };
    if (!is_utf8(typed)) return refuse("is not UTF-8");
    std::vector<Character> all = characters(typed);
    const auto is_space = [](const Character& c) { return within(kSpaces, c.value); };
    while (!all.empty() && is_space(all.back())) all.pop_back();
    const auto first = std::ranges::find_if_not(all, is_space);
    all.erase(all.begin(), first);
    if (all.empty()) return refuse("must not be empty");
    if (all.size() > most) return refuse(fmt::format("may have at most {} characters", most));
    for (const Character& c : all) {
        if (within(kRefused, c.value)) return refuse("holds a character that cannot be shown");
    }
    const auto is_unseen = [&](const Character& c) {
        return is_space(c) || within(kUnseen, c.value);
    };
    if (std::ranges::all_of(all, is_unseen)) return refuse("must not be empty");
    const std::size_t start = all.front().offset;
    return std::string(typed.substr(start, all.back().offset + all.back().length - start));
}

std::string presentable_name(std::string_view given, std::size_t most) {
    const std::string text = is_utf8(given) ? std::string(given) : utf8_from_latin1(given);
    std::string name;
    std::size_t count = 0;
    bool space = false;
    bool seen = false;
    for (const Character& c : characters(text)) {
        if (within(kSpaces, c.value) || c.value == 0x2028 || c.value == 0x2029) {
            space = !name.empty();
            continue;
        }
        if (within(kRefused, c.value)) continue;
        if (count + (space ? 2 : 1) > most) break;
        if (space) name += ' ';
        count += space ? 2 : 1;
        space = false;
        seen = seen || !within(kUnseen, c.value);
        name.append(text, c.offset, c.length);
    }
    return seen ? name : std::string();
}

}  // namespace syncwatch
