#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace syncwatch::bench {
namespace {

std::size_t bin_of(std::uint64_t value) {
    if (value < 64) return value;
    const auto top = static_cast<int>(std::bit_width(value)) - 1;
    return static_cast<std::size_t>(top - 5) * 64 + ((value >> (top - 6)) & 63);
}

std::uint64_t least_of(std::size_t bin) {
    return bin < 64 ? bin : (64 + bin % 64) << (bin / 64 - 1);
}

}  // namespace

void Histogram::add(std::int64_t ns) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
    ++bins_[bin_of(value)];
    ++count_;
    max_ = std::max(max_, value);
}

void Histogram::clear() {
    *this = Histogram();
}

double Histogram::quantile_us(double fraction) const {
    auto left = static_cast<std::uint64_t>(fraction * static_cast<double>(count_));
    for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
        if (bins_[bin] > left) return static_cast<double>(least_of(bin)) / 1e3;
        left -= bins_[bin];
    }
    return max_us();
}

}  // namespace syncwatch::bench
