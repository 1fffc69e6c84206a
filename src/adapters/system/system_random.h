#pragma once
#include "ports/random.h"

namespace syncwatch {

/// The kernel's generator, through libsodium. Safe from any thread.
class SystemRandom final : public Random {
public:
    SystemRandom();
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace syncwatch
