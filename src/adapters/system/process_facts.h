#pragma once
#include <cstdint>

#include "base/result.h"

namespace syncwatch {

/// What the kernel says of this process.
struct ProcessFacts {
    double cpu_seconds = 0;  ///< User and system, all threads, since the start.
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_files = 0;
    std::uint64_t threads = 0;
    double started_at = 0;  ///< Seconds since the Unix epoch.
};

/// Errors: Unavailable (no /proc).
Result<ProcessFacts> process_facts();

}  // namespace syncwatch
