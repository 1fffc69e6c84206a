#include "recovery/postgres/server_clock.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

namespace syncwatch::recovery {

std::optional<std::chrono::seconds> clock_ahead(WallTime before, WallTime server, WallTime after) {
    using namespace std::chrono_literals;
    // Less than this nobody notices who names a moment by a watch.
    constexpr auto kMayDiffer = 2s;
    if (server == WallTime{}) return std::nullopt;  // Its engine does not say.
    auto apart = std::chrono::microseconds(0);
    if (server > after) apart = server - after;
    if (server < before) apart = server - before;
    if (std::chrono::abs(apart) < kMayDiffer) return std::nullopt;
    return std::chrono::round<std::chrono::seconds>(apart);
}

std::string describe_clock(const std::map<std::string, std::string>& annotations) {
    const auto found = annotations.find(kClockAhead);
    if (found == annotations.end()) return {};
    std::int64_t seconds = 0;
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return fmt::format(
        "PostgreSQL's clock was {} s {} that of the machine that backed it up: moments are told, "
        "and have to be named, by PostgreSQL's (SELECT clock_timestamp())",
        std::abs(seconds), seconds < 0 ? "behind" : "ahead of");
}

}  // namespace syncwatch::recovery
