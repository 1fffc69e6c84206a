#include "domain/wal/segment.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace syncwatch::wal {
namespace {

constexpr std::uint64_t kSegmentsOfALog = (std::uint64_t{1} << 32) / kSegmentBytes;
constexpr std::size_t kWord = 8;  ///< Digits of 32 bits.

std::optional<std::uint32_t> parse_word(std::string_view digits) {
    if (digits.empty() || digits.size() > kWord) return std::nullopt;
    std::uint32_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, value, 16);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return value;
}

/// Eight digits as PostgreSQL writes them.
std::optional<std::uint32_t> parse_full_word(std::string_view digits) {
    const bool upper = std::ranges::none_of(digits, [](char c) { return c >= 'a' && c <= 'f'; });
    return digits.size() == kWord && upper ? parse_word(digits) : std::nullopt;
}

}  // namespace

std::string text(Lsn lsn) {
    return fmt::format("{:X}/{:X}", lsn.value >> 32, lsn.value & 0xFFFF'FFFFu);
}

std::optional<Lsn> parse_lsn(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto high = parse_word(text.substr(0, slash));
    const auto low = parse_word(text.substr(slash + 1));
    if (!high || !low) return std::nullopt;
    return Lsn{std::uint64_t{*high} << 32 | *low};
}

std::optional<Segment> Segment::parse(std::string_view name) {
    if (name.size() != 3 * kWord) return std::nullopt;
    const auto timeline = parse_full_word(name.substr(0, kWord));
    const auto log = parse_full_word(name.substr(kWord, kWord));
    const auto in_log = parse_full_word(name.substr(2 * kWord));
    if (!timeline || *timeline == 0 || !log || !in_log || *in_log >= kSegmentsOfALog) {
        return std::nullopt;
    }
    return Segment{*timeline, *log * kSegmentsOfALog + *in_log};
}

std::string Segment::name() const {
    return fmt::format("{:08X}{:08X}{:08X}", timeline, number / kSegmentsOfALog,
                       number % kSegmentsOfALog);
}

std::optional<std::uint32_t> parse_history_name(std::string_view name) {
    constexpr std::string_view kEnd = ".history";
    if (!name.ends_with(kEnd)) return std::nullopt;
    return parse_full_word(name.substr(0, name.size() - kEnd.size()));
}

}  // namespace syncwatch::wal
