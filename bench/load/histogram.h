#pragma once
#include <cstdint>
#include <vector>

namespace syncwatch::bench {

/// Times, counted in 64 steps per power of two: a quantile is right within 1.6 %.
class Histogram {
public:
    void add(std::int64_t ns);
    void clear();
    /// Microseconds; 0 when nothing was counted.
    double quantile_us(double fraction) const;
    double max_us() const { return static_cast<double>(max_) / 1e3; }

private:
    std::vector<std::uint64_t> bins_ = std::vector<std::uint64_t>(60 * 64);
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace syncwatch::bench
