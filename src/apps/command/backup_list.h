#pragma once
#include <cstddef>

#include "apps/command/backup_place.h"
#include "apps/command/command.h"

namespace syncwatch::apps {

/// Shows the catalogue of an installation's backups. Gives how much in it cannot be believed.
/// Errors: Refused, Unreachable.
Outcome<std::size_t> list_catalogue(Invocation& invocation, const BackupArguments& arguments);

}  // namespace syncwatch::apps
