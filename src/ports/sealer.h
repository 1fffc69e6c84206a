#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"

namespace syncwatch {

/// Closes bytes so that strangers can carry them: nobody without the key reads them, changes them
/// or makes them up. Safe from any thread.
class Sealer {
public:
    virtual ~Sealer() = default;
    /// As text for URLs, other letters each time: four for every three bytes, and 54 more.
    virtual std::string seal(ByteView bytes) = 0;
    /// What was sealed. There is one text for each seal: no other spelling of it opens. Errors:
    /// Unauthenticated.
    virtual Result<std::vector<std::uint8_t>> open(std::string_view text) const = 0;
};

}  // namespace syncwatch
