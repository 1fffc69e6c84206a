#pragma once
#include <filesystem>
#include <string>

#include "apps/command/command.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

struct RenderOrder {
    std::filesystem::path file;  ///< The plan's; empty: the default plan.
    std::string name;            ///< As operators call it.
    recovery::Plan plan;
    std::filesystem::path out;  ///< Empty: to stdout.
};

/// `plan render`. Errors: Partial (it is written, and the repositories did not answer), Refused (it
/// cannot be written).
Outcome<> render_plan(Invocation& invocation, RenderOrder order);

}  // namespace syncwatch::apps
