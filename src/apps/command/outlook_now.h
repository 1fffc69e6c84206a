#pragma once
#include <memory>
#include <string>

#include "apps/backup/outlook.h"
#include "apps/command/admin.h"
#include "apps/command/backup_desk.h"

namespace syncwatch::apps {

/// What a loss of everything would mean now, as a command finds it out.
struct OutlookNow {
    std::string cluster;
    Outlook outlook;
    std::unique_ptr<Admin> admin;       ///< nullptr: the database does not answer, so:
    std::string admin_trouble;          ///< why nothing is known of objects.
    std::unique_ptr<CommandDesk> desk;  ///< What it was asked with.
};

/// Asks the repositories, the engines and the database. Errors: as CommandDesk::open(), Unreachable
/// (no repository answers).
Outcome<OutlookNow> look_out(const Invocation& invocation, const BackupArguments& arguments);

}  // namespace syncwatch::apps
