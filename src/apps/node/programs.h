#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace syncwatch::apps {

/// Where a program is: a path as it is given, or a name looked for in $PATH. nullopt: nowhere, or
/// it may not be run.
std::optional<std::filesystem::path> find_program(const std::string& name);

}  // namespace syncwatch::apps
