#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

struct PlanText {
    std::string name;  ///< As operators call it.
    std::string toml;
};

/// The text of a plan's file; of the default plan where none is named. Errors: NotFound (it cannot
/// be read).
Result<PlanText> plan_text(const std::filesystem::path& file);

/// For how long the plan keeps films that were deleted; 0: they go at once, because it says nothing
/// of them; nullopt: for ever. A plan that cannot be read deletes nothing before the default plan
/// would.
std::optional<std::chrono::seconds> keep_deleted_films(const std::filesystem::path& file);

/// The plan in it. Errors: also InvalidInput, with all that is not understood.
Result<recovery::Plan> load_plan(const std::filesystem::path& file);

}  // namespace syncwatch::apps
