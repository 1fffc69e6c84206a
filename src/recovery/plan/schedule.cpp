#include "recovery/plan/schedule.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/quantity.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono;

constexpr seconds kDay = hours(24);
constexpr seconds kWeek = 7 * kDay;
/// The Unix epoch was a Thursday.
constexpr std::array<std::string_view, 7> kDaysSinceEpoch{"Thu", "Fri", "Sat", "Sun",
                                                          "Mon", "Tue", "Wed"};

/// Two digits below `end` off the front of `text`.
std::optional<int> take_two_digits(std::string_view& text, int end) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() < 2 || !digit(0) || !digit(1)) return std::nullopt;
    const int number = (text[0] - '0') * 10 + (text[1] - '0');
    text.remove_prefix(2);
    return number < end ? std::optional(number) : std::nullopt;
}

/// ":15", to the end of the text.
std::optional<seconds> parse_minute(std::string_view text) {
    if (!text.starts_with(':')) return std::nullopt;
    text.remove_prefix(1);
    const auto minute = take_two_digits(text, 60);
    if (!minute || !text.empty()) return std::nullopt;
    return minutes(*minute);
}

/// "02:00".
std::optional<seconds> parse_time_of_day(std::string_view text) {
    const auto hour = take_two_digits(text, 24);
    const auto minute = hour ? parse_minute(text) : std::nullopt;
    if (!minute) return std::nullopt;
    return hours(*hour) + *minute;
}

}  // namespace

std::optional<Schedule> Schedule::parse(std::string_view text) {
    if (text == "continuous" || text == "on change") return Schedule(text, seconds(0), seconds(0));
    if (text == "hourly") return Schedule(text, hours(1), seconds(0));
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    const std::string_view what = text.substr(0, blank);
    const std::string_view when = text.substr(blank + 1);
    if (what == "every") {
        const auto period = parse_span(when);
        return period ? std::optional(Schedule(text, *period, seconds(0))) : std::nullopt;
    }
    if (what == "hourly") {
        const auto minute = parse_minute(when);
        return minute ? std::optional(Schedule(text, hours(1), *minute)) : std::nullopt;
    }
    const auto time = parse_time_of_day(when);
    if (!time) return std::nullopt;
    if (what == "daily") return Schedule(text, kDay, *time);
    const auto day = std::ranges::find(kDaysSinceEpoch, what);
    if (day == kDaysSinceEpoch.end()) return std::nullopt;
    return Schedule(text, kWeek, (day - kDaysSinceEpoch.begin()) * kDay + *time);
}

WallTime Schedule::last_due(WallTime now) const {
    const auto since = floor<seconds>(now.time_since_epoch()) - offset_;
    // Truncation towards zero would give the next one before the epoch.
    auto past = since % period_;
    if (past.count() < 0) past += period_;
    return WallTime(since - past + offset_);
}

}  // namespace syncwatch::recovery
