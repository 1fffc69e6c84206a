#pragma once
#include <string>

#include "ports/notice.h"

namespace syncwatch::notify {

/// The notice in one line: "critical: a backup of pg is damaged".
std::string headline(const Notice& notice);

/// All that people need of it, in lines below the headline.
std::string details(const Notice& notice);

}  // namespace syncwatch::notify
