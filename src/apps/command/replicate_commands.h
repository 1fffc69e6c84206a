#pragma once
#include <cstdint>

#include "apps/command/command.h"

/// What the commands below `replicate` share.
namespace syncwatch::apps {

/// `replicate lost`.
void add_replicate_lost(CLI::App& replicate, Command& chosen);

/// `replicate left`.
void add_replicate_left(CLI::App& replicate, Command& chosen);

/// `restore objects`, below `restore`: replicate repair --all, by the name that is looked for.
void add_restore_objects(CLI::App& restore, Command& chosen);

/// What `replicate run` does, for `backup run`. Errors: Refused (there is no second store),
/// Unreachable, Partial, VerificationFailed.
Outcome<> copy_objects(Invocation& invocation);

/// How a command ends that found so many objects damaged and lost.
Outcome<> faults_failure(std::uint64_t damaged, std::uint64_t lost);

}  // namespace syncwatch::apps
