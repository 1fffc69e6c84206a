#include "domain/media/subtitles/text.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace syncwatch::subtitles {
namespace {

enum class Order : std::uint8_t { LittleEndian, BigEndian };

std::uint8_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<std::uint8_t>(text[at]);
}

std::string from_utf16(std::string_view bytes, Order order) {
    const auto unit = [&](std::size_t at) -> char32_t {
        const char32_t first = byte_at(bytes, at);
        const char32_t second = byte_at(bytes, at + 1);
        return order == Order::LittleEndian ? second << 8 | first : first << 8 | second;
    };
    std::string out;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        char32_t character = unit(at);
        const bool high = character >= 0xd800 && character < 0xdc00;
        if (high && at + 3 < bytes.size() && unit(at + 2) >= 0xdc00 && unit(at + 2) < 0xe000) {
            character = 0x10000 + ((character - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
            at += 2;
        }
        append_utf8(out, character);
    }
    return out;
}

/// Windows-1252 where it differs from Latin-1 (WHATWG Encoding); 0: not used there.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

std::string from_windows1252(std::string_view bytes) {
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const std::uint8_t byte = byte_at(bytes, at);
        const bool special = byte >= 0x80 && byte < 0xa0;
        append_utf8(out, special ? kWindows1252[byte - 0x80u] : char32_t{byte});
    }
    return out;
}

/// UTF-16 without a mark shows by its zeros: Western text has one in every other byte.
std::optional<Order> utf16_order(std::string_view bytes) {
    const std::string_view start = bytes.substr(0, 2048);
    std::size_t even = 0;
    std::size_t odd = 0;
    for (std::size_t at = 0; at < start.size(); ++at) {
        if (start[at] == '\0') ++(at % 2 == 0 ? even : odd);
    }
    if (odd > start.size() / 4 && even < odd / 4) return Order::LittleEndian;
    if (even > start.size() / 4 && odd < even / 4) return Order::BigEndian;
    return std::nullopt;
}

std::string to_utf8(std::string_view file) {
    if (file.starts_with("\xef\xbb\xbf")) file.remove_prefix(3);
    if (file.starts_with("\xff\xfe")) return from_utf16(file.substr(2), Order::LittleEndian);
    if (file.starts_with("\xfe\xff")) return from_utf16(file.substr(2), Order::BigEndian);
    if (const auto order = utf16_order(file)) return from_utf16(file, *order);
    return is_utf8(file) ? std::string(file) : from_windows1252(file);
}

}  // namespace

void append_utf8(std::string& out, char32_t c) {
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) c = 0xfffd;
    const auto tail = [&out](char32_t bits) { out += static_cast<char>(0x80 | (bits & 0x3f)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0 | (c >> 6));
        tail(c);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0 | (c >> 12));
        tail(c >> 6);
        tail(c);
    } else {
        out += static_cast<char>(0xf0 | (c >> 18));
        tail(c >> 12);
        tail(c >> 6);
        tail(c);
    }
}

std::string decode_text(std::string_view file) {
    std::string text = to_utf8(file);
    std::erase_if(text, [](char c) {
        const auto byte = static_cast<std::uint8_t>(c);
        return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
    });
    return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        lines.push_back(text.substr(0, end));
        const bool two = text.substr(end).starts_with("\r\n");
        text.remove_prefix(std::min(text.size(), end + (two ? 2 : 1)));
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

bool starts_with_word(std::string_view line, std::string_view word) {
    if (!line.starts_with(word)) return false;
    return line.size() == word.size() || line[word.size()] == ' ' || line[word.size()] == '\t';
}

}  // namespace syncwatch::subtitles
