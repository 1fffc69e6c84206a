#pragma once
#include <vector>

#include "recovery/plan/plan.h"

namespace syncwatch::recovery {

/// What a plan promises and cannot hold, leaves out, or has forgotten for too long. Judged by the
/// plan alone: nothing is asked and nothing is read.
std::vector<Finding> lint(const Plan& plan, WallTime now);

}  // namespace syncwatch::recovery
