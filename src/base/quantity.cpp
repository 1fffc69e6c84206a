#include "base/quantity.h"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace syncwatch {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

template <std::size_t N>
std::optional<std::uint64_t> with_unit(
    std::string_view text, const std::array<std::pair<std::string_view, std::uint64_t>, N>& units) {
    text = trimmed(text);
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end == text.data()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view unit = trimmed(text);
    for (const auto& [name, factor] : units) {
        if (name != unit) continue;
        if (number > std::numeric_limits<std::uint64_t>::max() / factor) return std::nullopt;
        return number * factor;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
    constexpr std::uint64_t kKilo = 1000;
    constexpr std::uint64_t kKibi = 1024;
    static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 10> kUnits{
        {{"", 1},
         {"B", 1},
         {"kB", kKilo},
         {"MB", kKilo * kKilo},
         {"GB", kKilo * kKilo * kKilo},
         {"TB", kKilo * kKilo * kKilo * kKilo},
         {"KiB", kKibi},
         {"MiB", kKibi * kKibi},
         {"GiB", kKibi * kKibi * kKibi},
         {"TiB", kKibi * kKibi * kKibi * kKibi}}};
    return with_unit(text, kUnits);
}

std::optional<std::chrono::seconds> parse_span(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> kUnits{
        {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}}};
    constexpr std::uint64_t kLongest = std::uint64_t{100} * 366 * 86'400;
    const auto seconds = with_unit(text, kUnits);
    if (!seconds || *seconds == 0 || *seconds > kLongest) return std::nullopt;
    return std::chrono::seconds(*seconds);
}

std::string format_size(std::uint64_t bytes) {
    constexpr double kMega = 1000.0 * 1000.0;
    constexpr double kGiga = kMega * 1000.0;
    const auto size = static_cast<double>(bytes);
    return size < kGiga ? fmt::format("{:.1f} MB", size / kMega)
                        : fmt::format("{:.1f} GB", size / kGiga);
}

std::string format_span(double seconds) {
    constexpr double kMinute = 60;
    constexpr double kHour = 3600;
    constexpr double kDay = 86'400;
    if (seconds < 2 * kMinute) return fmt::format("{:.0f} s", seconds);
    if (seconds < 2 * kHour) return fmt::format("{:.0f} min", seconds / kMinute);
    if (seconds < 2 * kDay) return fmt::format("{:.0f} h", seconds / kHour);
    return fmt::format("{:.0f} days", seconds / kDay);
}

std::string write_span(std::chrono::seconds span) {
    static constexpr std::array<std::pair<std::int64_t, char>, 3> kUnits{
        {{86'400, 'd'}, {3600, 'h'}, {60, 'm'}}};
    const std::int64_t seconds = span.count();
    for (const auto& [unit, letter] : kUnits) {
        // A day or an hour reads better as 24 or 60 of the smaller unit.
        if (seconds % unit == 0 && seconds > unit)
            return fmt::format("{}{}", seconds / unit, letter);
    }
    return fmt::format("{}s", seconds);
}

}  // namespace syncwatch
