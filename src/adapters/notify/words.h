#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "ports/notice.h"

namespace syncwatch::notify {

/// Text that may go anywhere: UTF-8, in one line, of `most` bytes at most. What a server somewhere
/// said about an error is in it.
std::string plain_line(std::string_view text, std::size_t most = 600);

/// The notice in one line: "critical: a backup of pg is damaged".
std::string headline(const Notice& notice);

/// All that people need of it, in lines below the headline.
std::string details(const Notice& notice);

}  // namespace syncwatch::notify
