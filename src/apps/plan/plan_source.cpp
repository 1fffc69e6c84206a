#include "apps/plan/plan_source.h"

#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "apps/plan/plan_file.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

/// A plan is written by hand: whatever is larger is something else.
constexpr std::uintmax_t kMostBytes = 1024 * 1024;

}  // namespace

Result<PlanText> plan_text(const fs::path& file) {
    if (file.empty()) {
        return PlanText{"the default plan", std::string(default_plan_text())};
    }
    std::error_code failed;
    const auto size = fs::file_size(file, failed);
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!failed && size <= kMostBytes) text << in.rdbuf();
    if (failed || size > kMostBytes || !in) {
        return fail(ErrorCode::NotFound, fmt::format("the plan {} cannot be read", file.string()));
    }
    return PlanText{file.string(), std::move(text).str()};
}

std::optional<std::chrono::seconds> keep_deleted_films(const fs::path& file) {
    auto plan = load_plan(file);
    if (!plan) plan = load_plan({});
    if (!plan) return std::nullopt;
    const auto rule = plan->backups.find("objects");
    if (rule == plan->backups.end()) return std::chrono::seconds(0);
    return rule->second.keep;
}

Result<recovery::Plan> load_plan(const fs::path& file) {
    SW_TRY(const PlanText text, plan_text(file));
    auto read = read_plan(text.toml);
    if (read.faults.empty()) return std::move(read.plan);
    std::string list;
    for (const recovery::Finding& each : read.faults) {
        list += fmt::format("\n  {}: {}. {}", each.where, each.what, each.hint);
    }
    return fail(ErrorCode::InvalidInput, fmt::format("{} is not understood{}", text.name, list));
}

}  // namespace syncwatch::apps
