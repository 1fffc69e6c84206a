#pragma once
#include <cstdint>
#include <mutex>
#include <random>

#include "ports/random.h"

namespace syncwatch {

/// The same bytes every run.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}

    void fill(std::span<std::uint8_t> out) override {
        const std::lock_guard lock(mutex_);
        for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_() >> 56);
    }

private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

}  // namespace syncwatch
