#pragma once
#include <vector>

#include "apps/command/command.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// What a plan says and is not so on this machine now: places that do not take, give back or keep
/// what they should, files that cannot be read, promises that the last restore tests did not keep.
/// Changes nothing but for a probe of some bytes in each place, which stays where keys cannot
/// delete.
std::vector<recovery::Finding> lint_here(const Invocation& invocation, const recovery::Plan& plan);

}  // namespace syncwatch::apps
