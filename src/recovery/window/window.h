#pragma once
#include "base/time.h"

namespace syncwatch::recovery {

/// Moments that can be brought back: from one to another, both of them included.
struct Window {
    WallTime from{};
    WallTime to{};

    bool has(WallTime moment) const { return from <= moment && moment <= to; }
    friend bool operator==(const Window&, const Window&) = default;
};

}  // namespace syncwatch::recovery
