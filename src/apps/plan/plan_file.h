#pragma once
#include <string_view>
#include <vector>

#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// What a plan file says, and what of it could not be read: all of it at once.
struct ReadPlan {
    recovery::Plan plan;
    std::vector<recovery::Finding> faults;
};

/// Reads TOML. A file stands for itself: what it does not say is not planned.
ReadPlan read_plan(std::string_view toml);

/// The plan of whoever has none of their own, as a file to begin with. The founding targets of
/// the project: what may be lost and how long it may take.
std::string_view default_plan_text();

}  // namespace syncwatch::apps
