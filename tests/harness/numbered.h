#pragma once
#include <cstdint>

#include "base/uuid.h"

namespace syncwatch {

/// An id that a test knows by its number.
template <class Id>
Id numbered(std::uint8_t number) {
    Id id;
    id.uuid.bytes[15] = number;
    return id;
}

inline UserId user(std::uint8_t number) {
    return numbered<UserId>(number);
}

}  // namespace syncwatch
