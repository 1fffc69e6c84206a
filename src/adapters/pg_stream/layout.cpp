#include "adapters/pg_stream/layout.h"

#include <charconv>

#include <fmt/format.h>

namespace syncwatch::pg_stream {
namespace {

constexpr std::string_view kEnd = ".zst";

/// The last part of a name without its end; empty: it has another.
std::string_view own_name(std::string_view name) {
    if (!name.ends_with(kEnd)) return {};
    name.remove_suffix(kEnd.size());
    return name.substr(name.rfind('/') + 1);
}

std::optional<std::uint32_t> parse_place(std::string_view digits) {
    constexpr std::size_t kDigits = 8;
    std::uint32_t value = 0;
    const char* const end = digits.data() + digits.size();
    if (digits.size() != kDigits) return std::nullopt;
    const auto [stopped, error] = std::from_chars(digits.data(), end, value, 16);
    if (error != std::errc() || stopped != end || value > wal::kSegmentBytes) return std::nullopt;
    return value;
}

}  // namespace

LogNames::LogNames(std::string_view log, std::string_view system)
    : folder_(fmt::format("{}/{}", log, system)) {}

std::string LogNames::whole(std::uint32_t timeline) const {
    return fmt::format("{}/whole/{:08X}", folder_, timeline);
}

std::string LogNames::segment(const wal::Segment& segment) const {
    return fmt::format("{}/{}{}", whole(segment.timeline), segment.name(), kEnd);
}

std::string LogNames::begun(const wal::Segment& segment) const {
    return fmt::format("{}/{}", begun(), segment.name());
}

std::string LogNames::piece(const wal::Segment& segment, Piece piece) const {
    return fmt::format("{}/{:08x}-{:08x}{}", begun(segment), piece.from, piece.to, kEnd);
}

std::string LogNames::history(std::uint32_t timeline) const {
    return fmt::format("{}/{:08X}.history{}", histories(), timeline, kEnd);
}

std::optional<wal::Segment> parse_segment(std::string_view name) {
    return wal::Segment::parse(own_name(name));
}

std::optional<NamedPiece> parse_piece(std::string_view name) {
    const std::string_view own = own_name(name);
    const std::size_t slash = name.rfind('/');
    if (slash == name.npos || slash == 0) return std::nullopt;
    const std::string_view above = name.substr(0, slash);
    const auto segment = wal::Segment::parse(above.substr(above.rfind('/') + 1));
    const std::size_t dash = own.find('-');
    if (!segment || dash == own.npos) return std::nullopt;
    const auto from = parse_place(own.substr(0, dash));
    const auto to = parse_place(own.substr(dash + 1));
    if (!from || !to || *from >= *to) return std::nullopt;
    return NamedPiece{*segment, {*from, *to}};
}

std::optional<std::uint32_t> parse_history(std::string_view name) {
    return wal::parse_history_name(own_name(name));
}

}  // namespace syncwatch::pg_stream
