#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace syncwatch::notify {

/// The first lines of a file that holds a secret: an address, a key, user and password. Read for
/// each use, so that a new one takes effect at once.
/// Errors: NotFound (it cannot be read, or has fewer lines), without anything of what is in it.
Result<std::vector<std::string>> secret_lines(const std::string& file, std::size_t count);

}  // namespace syncwatch::notify
