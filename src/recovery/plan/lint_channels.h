#pragma once
#include <vector>

#include "recovery/plan/plan.h"

namespace syncwatch::recovery {

/// What is wrong with who is told, and with the heartbeat. Whether anybody answers there is for
/// `syncwatch plan notify --test` to say.
std::vector<Finding> lint_channels(const Plan& plan);

}  // namespace syncwatch::recovery
