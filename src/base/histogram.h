#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace syncwatch {

/// How often values of which size were seen, to be exported as metrics. Lock-free; safe from any
/// thread. A reader may see a value counted that is not in the sum yet.
template <std::size_t N>
class Histogram {
public:
    /// Bounds ascend; a value counts in the first bucket whose bound it does not pass.
    explicit constexpr Histogram(const std::array<double, N>& bounds) : bounds_(bounds) {}

    void observe(double value) {
        std::size_t bucket = 0;
        while (bucket < N && value > bounds_[bucket]) ++bucket;
        counts_[bucket].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }

    std::span<const double> bounds() const { return bounds_; }
    /// One count for each bucket, the last for what is beyond every bound.
    std::vector<std::uint64_t> counts() const {
        std::vector<std::uint64_t> out;
        for (const auto& each : counts_) out.push_back(each.load(std::memory_order_relaxed));
        return out;
    }
    double sum() const { return sum_.load(std::memory_order_relaxed); }

private:
    const std::array<double, N> bounds_;
    std::array<std::atomic<std::uint64_t>, N + 1> counts_{};
    std::atomic<double> sum_{0};
};

/// Bounds in seconds for what usually takes milliseconds.
inline constexpr std::array<double, 12> kLatencyBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                       0.05,   0.1,   0.25,   0.5,   1,    5};
using LatencyHistogram = Histogram<kLatencyBounds.size()>;

}  // namespace syncwatch
