#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"

namespace syncwatch::recovery {

/// Moments of PostgreSQL are told by its server's clock, which its commits have: whoever names one
/// by another clock should know how far they are apart. How far the server's was ahead (negative:
/// behind) when it said `server`, at least: it was asked after `before` and had answered by
/// `after`, by the clock of whoever asked. nullopt: no farther than clocks may be.
std::optional<std::chrono::seconds> clock_ahead(WallTime before, WallTime server, WallTime after);

/// What annotations of a backup say of that, and for people. Empty: nothing.
inline constexpr const char* kClockAhead = "clock_ahead";
std::string describe_clock(const std::map<std::string, std::string>& annotations);

}  // namespace syncwatch::recovery
