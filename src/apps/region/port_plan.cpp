#include "apps/region/port_plan.h"

#include <fmt/format.h>

namespace syncwatch::lab {

Result<PortPlan> PortPlan::make(char region, std::uint16_t base) {
    if (region < 'a' || region > 'z') {
        return fail(ErrorCode::InvalidInput, "a region is a letter from a to z");
    }
    const unsigned first = base + static_cast<unsigned>(region - 'a') * kSpan;
    if (base < 1024 || first + kSpan > 65'536) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("region {} would take the ports {} to {}, which do not all exist "
                                "or are the system's",
                                region, first, first + kSpan - 1));
    }
    return PortPlan(static_cast<std::uint16_t>(first));
}

}  // namespace syncwatch::lab
