#include "base/time.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

namespace syncwatch {
namespace {

using namespace std::chrono;

struct Civil {
    year_month_day date;
    hh_mm_ss<microseconds> clock;
};

Civil civil(WallTime time) {
    const auto day = floor<days>(time);
    return {year_month_day(day), hh_mm_ss<microseconds>(time - day)};
}

/// Reads exactly `digits` decimal digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    const char* end = text.data() + digits;
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || text.front() == '-') return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

/// ".123456789" → microseconds; nothing there is zero.
std::optional<microseconds> take_fraction(std::string_view& text) {
    if (text.empty() || text.front() != '.') return microseconds(0);
    text.remove_prefix(1);
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 9) {
        if (digits < 6) value = value * 10 + (text.front() - '0');
        ++digits;
        text.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
    for (std::size_t i = digits; i < 6; ++i) value *= 10;
    return microseconds(value);
}

/// "Z" or "+02:00".
std::optional<minutes> take_offset(std::string_view& text) {
    if (take(text, "Zz")) return minutes(0);
    if (text.empty()) return std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    if (!take(text, "+-")) return std::nullopt;
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ":")) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    return minutes(sign * (*hour * 60 + *minute));
}

std::optional<WallTime> parse(std::string_view text) {
    const auto y = take_number(text, 4);
    if (!y || !take(text, "-")) return std::nullopt;
    const auto m = take_number(text, 2);
    if (!m || !take(text, "-")) return std::nullopt;
    const auto d = take_number(text, 2);
    if (!d || !take(text, "Tt ")) return std::nullopt;
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ":")) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || !take(text, ":")) return std::nullopt;
    const auto second = take_number(text, 2);
    const auto fraction = second ? take_fraction(text) : std::nullopt;
    const auto offset = fraction ? take_offset(text) : std::nullopt;
    if (!offset || !text.empty()) return std::nullopt;

    const year_month_day date{year(*y), month(static_cast<unsigned>(*m)),
                              day(static_cast<unsigned>(*d))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return WallTime(sys_days(date)) + hours(*hour) + minutes(*minute) + seconds(*second) +
           *fraction - *offset;
}

}  // namespace

std::string format_rfc3339(WallTime time) {
    const auto [date, clock] = civil(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()),
                       unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(),
                       duration_cast<milliseconds>(clock.subseconds()).count());
}

Result<WallTime> parse_rfc3339(std::string_view text) {
    if (const auto time = parse(text)) return *time;
    return fail(ErrorCode::InvalidInput, "not an RFC 3339 time");
}

std::string format_http_date(WallTime time) {
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto [date, clock] = civil(time);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                       kDays[weekday(sys_days(date)).c_encoding()], unsigned(date.day()),
                       kMonths[unsigned(date.month()) - 1], int(date.year()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

}  // namespace syncwatch
