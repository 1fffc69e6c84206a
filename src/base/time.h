#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch {

/// A time of day, µs since the Unix epoch, UTC. Room time in the room protocol is the same scale.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

/// A point on the monotonic clock; comparable within one process only.
using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

constexpr std::int64_t to_micros(WallTime time) {
    return time.time_since_epoch().count();
}
constexpr WallTime from_micros(std::int64_t micros) {
    return WallTime(std::chrono::microseconds(micros));
}

/// RFC 3339 in UTC with milliseconds: "2026-11-23T08:33:14.120Z".
std::string format_rfc3339(WallTime time);

/// Parses RFC 3339 with any offset and up to nine digits of a second. Errors: InvalidInput.
Result<WallTime> parse_rfc3339(std::string_view text);

/// The date of HTTP headers (RFC 9110, 5.6.7): "Mon, 23 Nov 2026 08:33:14 GMT".
std::string format_http_date(WallTime time);

}  // namespace syncwatch
