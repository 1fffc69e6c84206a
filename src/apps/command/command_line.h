#pragma once
#include <optional>
#include <string>
#include <vector>

#include "apps/command/failure.h"

namespace syncwatch::apps {

/// Reads the command line and runs the command; gives the exit code.
int run_command_line(int argc, char** argv);

/// Whether these words, the program's name left out, are a command: nullopt, or what is wrong with
/// them. Runs nothing; what a command itself makes of its words is not asked.
std::optional<Failure> misspelt(const std::vector<std::string>& typed);

}  // namespace syncwatch::apps
