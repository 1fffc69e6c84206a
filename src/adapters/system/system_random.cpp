#include "adapters/system/system_random.h"

#include <sodium.h>

#include "base/assert.h"

namespace syncwatch {

SystemRandom::SystemRandom() {
    SW_ASSERT(sodium_init() >= 0);
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    randombytes_buf(out.data(), out.size());
}

}  // namespace syncwatch
