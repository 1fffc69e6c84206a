#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "base/uuid.h"

namespace syncwatch {

/// Bytes that nobody can guess. Server: the kernel's generator. Simulation: seeded.
class Random {
public:
    virtual ~Random() = default;
    /// Fills `out`. Never fails, never blocks. Safe from any thread on the server.
    virtual void fill(std::span<std::uint8_t> out) = 0;

    template <class IdType>
    IdType make_id(WallTime now) {
        std::array<std::uint8_t, 10> random;
        fill(random);
        return IdType{Uuid::make_v7(now, random)};
    }
};

}  // namespace syncwatch
