#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace syncwatch::recovery {

/// A file in a tar archive.
struct TarEntry {
    std::string name;  ///< Relative, with slashes between folders.
    std::string bytes;
    unsigned mode = 0600;    ///< Permissions alone.
    std::int64_t made = 0;   ///< Seconds since the Unix epoch.
    std::string owner = {};  ///< By name; empty: nobody knows.
    std::string group = {};

    bool operator==(const TarEntry&) const = default;
};

/// An archive that every tar reads (POSIX.1-1988, "ustar"), files alone. Errors: InvalidInput (a
/// name that it cannot hold, the message names it).
Result<std::string> write_tar(const std::vector<TarEntry>& entries);

/// Reads what write_tar() makes, and nothing else: no links, no folders, no devices, no extensions,
/// no name that leads out of where it is unpacked or stands twice, nothing behind the end. Errors:
/// Corrupt (in words that say what is wrong).
Result<std::vector<TarEntry>> read_tar(std::string_view archive);

/// Whether a name is relative, plain UTF-8, and leads nowhere but down.
bool is_safe_name(std::string_view name);

}  // namespace syncwatch::recovery
