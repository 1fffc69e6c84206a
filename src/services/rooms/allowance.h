#pragma once
#include <algorithm>
#include <chrono>

#include "base/time.h"

namespace syncwatch {

/// How often somebody may do something: at once so often, and later so many more a second.
struct Rate {
    float burst = 10;
    float per_second = 1;
};

/// What is left of it for one member. Begins full.
class Allowance {
public:
    /// True, and one less is left; or false: too often.
    bool take(const Rate& rate, Instant now) {
        const std::chrono::duration<float> passed = now - since_;
        used_ = std::max(0.0F, used_ - passed.count() * rate.per_second);
        since_ = now;
        if (used_ + 1 > rate.burst) return false;
        used_ += 1;
        return true;
    }

private:
    float used_ = 0;
    Instant since_{};
};

}  // namespace syncwatch
