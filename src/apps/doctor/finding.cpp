#include "apps/doctor/finding.h"

#include <algorithm>

namespace syncwatch::apps {

std::size_t Findings::count(Finding::Level level) const {
    return static_cast<std::size_t>(std::ranges::count(all_, level, &Finding::level));
}

bool Findings::any_damage() const {
    return std::ranges::any_of(all_, [](const Finding& each) { return each.damaged; });
}

std::string_view text(Finding::Level level) {
    switch (level) {
        case Finding::Level::Well: return "ok";
        case Finding::Level::Advice: return "advice";
        case Finding::Level::Problem: break;
    }
    return "problem";
}

}  // namespace syncwatch::apps
