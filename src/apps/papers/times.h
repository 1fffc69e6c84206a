#pragma once
#include <chrono>
#include <string>

#include <fmt/format.h>

#include "base/quantity.h"
#include "base/time.h"

namespace syncwatch::apps {

/// "3.2 s", "12 min".
inline std::string time_text(std::chrono::milliseconds time) {
    const double seconds = std::chrono::duration<double>(time).count();
    constexpr double kShort = 90;
    return seconds < kShort ? fmt::format("{:.1f} s", seconds) : format_span(seconds);
}

/// "2026-11-30"; "never".
inline std::string day_text(WallTime moment) {
    constexpr std::size_t kDay = 10;
    return moment == WallTime{} ? "never" : format_rfc3339(moment).substr(0, kDay);
}

}  // namespace syncwatch::apps
