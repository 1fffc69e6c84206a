#pragma once
#include <vector>

#include "base/time.h"

namespace syncwatch::recovery {

/// Moments that can be brought back: from one to another, both of them included.
struct Window {
    WallTime from{};
    WallTime to{};

    bool has(WallTime moment) const { return from <= moment && moment <= to; }
    friend bool operator==(const Window&, const Window&) = default;
};

/// The same moments in windows that neither overlap nor touch, the oldest first.
std::vector<Window> joined_windows(std::vector<Window> windows);

}  // namespace syncwatch::recovery
