#include "recovery/backups/progress.h"

namespace syncwatch::recovery {

std::optional<std::chrono::seconds> time_left(const Progress& progress,
                                              std::chrono::milliseconds elapsed) {
    using namespace std::chrono_literals;
    constexpr double kHardlyBegun = 0.01;
    if (progress.whole == 0 || progress.done == 0 || progress.done > progress.whole) {
        return std::nullopt;
    }
    const double part = static_cast<double>(progress.done) / static_cast<double>(progress.whole);
    if (elapsed < 2s || part < kHardlyBegun) return std::nullopt;
    const auto left = std::chrono::duration<double, std::milli>(elapsed) * ((1 - part) / part);
    return std::chrono::ceil<std::chrono::seconds>(left);
}

}  // namespace syncwatch::recovery
