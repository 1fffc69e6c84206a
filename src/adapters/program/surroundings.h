#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/program/child.h"

namespace syncwatch::program {

/// Where a program is: a path as it is given, or a name looked for in $PATH and the system's
/// folders. nullopt: nowhere, or it may not be run.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// Whom a program that needs nothing of ours runs as; nullopt: as we are, who are not root.
std::optional<Identity> nobody();

/// For a program that needs nothing of ours: no home, English, and $PATH.
std::vector<std::string> bare_environment();

}  // namespace syncwatch::program
