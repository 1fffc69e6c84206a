#pragma once
#include "apps/command/command.h"

namespace syncwatch::apps {

/// `restore config`: the files of an installation, and its secrets, from their bundles.
void add_restore_config(CLI::App& restore, Command& chosen);

}  // namespace syncwatch::apps
