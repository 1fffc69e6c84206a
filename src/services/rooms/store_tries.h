#pragma once
#include <chrono>

#include "base/result.h"

namespace syncwatch {

/// How a room insists that something is stored before it gives up and says so.
inline constexpr int kStoreTries = 4;
/// Longer behind each try.
inline constexpr std::chrono::milliseconds kStorePause{150};
/// No try begins later than this after the first: a database that is locked takes seconds for each.
inline constexpr std::chrono::seconds kStoreTriesWithin{2};

/// Nothing is wrong with what was to be stored, and whether it was is not known.
inline bool store_is_away(const Error& error) {
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::Timeout;
}

}  // namespace syncwatch
