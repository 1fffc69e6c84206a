#pragma once
#include <cstdint>

#include "apps/command/command.h"

/// What the commands below `replicate` share.
namespace syncwatch::apps {

/// `replicate lost`.
void add_replicate_lost(CLI::App& replicate, Command& chosen);

/// `replicate left`.
void add_replicate_left(CLI::App& replicate, Command& chosen);

/// How a command ends that found so many objects damaged and lost.
Outcome<> faults_failure(std::uint64_t damaged, std::uint64_t lost);

}  // namespace syncwatch::apps
