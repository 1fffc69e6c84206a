#pragma once
#include <cstdint>

#include "base/uuid.h"

namespace syncwatch {

inline UserId user(std::uint8_t number) {
    UserId id;
    id.uuid.bytes[15] = number;
    return id;
}

}  // namespace syncwatch
