#pragma once
#include "apps/command/command.h"
#include "apps/restore/store_check.h"

namespace syncwatch::apps {

/// Looks at the database and both stores that the settings name. Errors: Unreachable.
Outcome<StoreReport> look_at_stores(const Invocation& invocation, StoreCheck::Then then);
/// All of it for programs, and some of it for people.
void show_stores(Invocation& invocation, const StoreReport& report);

}  // namespace syncwatch::apps
