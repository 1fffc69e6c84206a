#pragma once
#include <string>
#include <vector>

#include "ports/notice.h"

namespace syncwatch::notify {

/// A mail as it goes to its server (RFC 5322): header and body, lines that end in CRLF. What is
/// said of one thing makes one thread. `from`, `to`: addresses that were looked at before.
std::string letter(const Notice& notice, const std::string& from,
                   const std::vector<std::string>& to);

}  // namespace syncwatch::notify
