#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace syncwatch {

/// Orders the states of a room: a hybrid logical clock (Kulkarni and others, 2014). Any node may
/// make one at any time; of two states the one with the greater stamp holds.
struct Stamp {
    /// A stamp of somebody whose clock is further ahead than this is refused.
    static constexpr std::chrono::seconds kMostAhead{5};
    /// Then the wall part goes ahead by a microsecond instead: with one digit, two stamps compare
    /// alike as text and part by part.
    static constexpr std::uint32_t kMostCounter = 9;

    std::int64_t wall_us = 0;   ///< Room time.
    std::uint32_t counter = 0;  ///< Among those of one microsecond.
    std::string node;           ///< Who made it; decides between two that are otherwise the same.

    /// "WALL_US.COUNTER.NODE"
    std::string text() const;
    /// Errors: InvalidInput.
    static Result<Stamp> parse(std::string_view text);

    auto operator<=>(const Stamp&) const = default;
};

/// A stamp greater than `last`, of `now` if that is later: also when the clock stepped back.
Stamp next_stamp(const Stamp& last, WallTime now, const std::string& node);

/// Errors: Conflict (reason "stamp_ahead"), so that one bad clock cannot hold a room hostage.
Result<> check_not_ahead(const Stamp& stamp, WallTime now);

}  // namespace syncwatch
