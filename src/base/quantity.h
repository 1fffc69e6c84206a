#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Bytes and lengths of time as operators write them, and as they are shown to them.
namespace syncwatch {

/// "500MB", "50GiB", "1048576": powers of 1000 or of 1024, as the unit says. nullopt: none of
/// these.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// "90s", "15m", "12h", "30d": one number, one unit. Not zero. nullopt: none of these.
std::optional<std::chrono::seconds> parse_span(std::string_view text);

/// "12.3 MB", "4.5 GB".
std::string format_size(std::uint64_t bytes);
/// "90 s", "15 min", "12 h", "30 days": two and more of the largest unit.
std::string format_span(double seconds);
/// As parse_span() reads it, in the largest unit that fits: "90s", "24h", "30d".
std::string write_span(std::chrono::seconds span);
inline std::string format_span(std::chrono::seconds span) {
    return format_span(static_cast<double>(span.count()));
}

}  // namespace syncwatch
