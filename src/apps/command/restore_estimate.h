#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "apps/command/backup_place.h"
#include "apps/command/command.h"
#include "recovery/catalogue/record.h"

namespace syncwatch::apps {

/// Says how long bringing a component back takes: as the last restore test did with all its looks,
/// for as much as there is now. For people a line, in JSON "expected_seconds"; where no test was
/// made, or the catalogue cannot be read, that is said. `copies` have no record: how large each is.
void tell_expected_time(Invocation& invocation, const BackupArguments& arguments,
                        const std::string& component,
                        std::map<recovery::BackupId, std::uint64_t> copies = {});

/// Says what of a database is lost: whatever was committed between that moment and now. nullopt:
/// the moment is not known. In JSON "lost_seconds".
void tell_loss(Invocation& invocation, std::optional<WallTime> moment, WallTime now);

}  // namespace syncwatch::apps
