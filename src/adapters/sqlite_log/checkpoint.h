#pragma once
#include <cstdint>

#include "adapters/sqlite/connection.h"

namespace syncwatch::sqlite {

struct Checkpointed {
    std::uint32_t log = 0;   ///< Frames there are.
    std::uint32_t done = 0;  ///< Of them in the file.
};

/// Brings the file nearer to the log, as far as readers allow; waits for nobody.
/// Errors: Unavailable.
Result<Checkpointed> checkpoint(Connection& connection);

}  // namespace syncwatch::sqlite
