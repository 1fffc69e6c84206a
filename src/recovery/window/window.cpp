#include "recovery/window/window.h"

#include <algorithm>

namespace syncwatch::recovery {

std::vector<Window> joined_windows(std::vector<Window> windows) {
    std::ranges::sort(windows, {}, &Window::from);
    std::vector<Window> joined;
    for (const Window& each : windows) {
        if (!joined.empty() && each.from <= joined.back().to) {
            joined.back().to = std::max(joined.back().to, each.to);
        } else {
            joined.push_back(each);
        }
    }
    return joined;
}

}  // namespace syncwatch::recovery
