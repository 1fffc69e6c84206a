#include "recovery/sets/recovery_set.h"

#include <algorithm>

#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

std::string windows_text(const std::vector<Window>& windows) {
    std::string text;
    for (const Window& each : windows) {
        text += text.empty() ? "" : "; ";
        text += format_rfc3339(each.from);
        if (each.to != each.from) text += " to " + format_rfc3339(each.to);
    }
    return text;
}

std::optional<WallTime> earliest_after(const std::vector<Window>& windows, WallTime moment) {
    std::optional<WallTime> found;
    for (const Window& each : windows) {
        if (each.from > moment) found = std::min(found.value_or(each.from), each.from);
    }
    return found;
}

SetPart part_of(const SetSource& source, WallTime moment) {
    SetPart part;
    part.component = source.component;
    part.as_of = latest_until(source.windows, moment);
    if (!part.as_of && source.may_be_later) {
        part.as_of = earliest_after(source.windows, moment);
        part.is_later = part.as_of.has_value();
    }
    for (const Window& each : source.windows) {
        const bool is_left = each.to > moment && (!part.as_of || each.to > *part.as_of);
        if (is_left) part.newer = std::max(part.newer.value_or(each.to), each.to);
    }
    return part;
}

}  // namespace

const SetPart* RecoverySet::find(std::string_view component) const {
    const auto found = std::ranges::find(parts, component, &SetPart::component);
    return found == parts.end() ? nullptr : &*found;
}

std::optional<std::chrono::microseconds> RecoverySet::behind(const SetPart& part) const {
    if (!part.as_of) return std::nullopt;
    return std::max(moment - *part.as_of, std::chrono::microseconds(0));
}

std::optional<WallTime> latest_until(const std::vector<Window>& windows, WallTime moment) {
    std::optional<WallTime> found;
    for (const Window& each : windows) {
        if (each.from > moment) continue;
        const WallTime reached = std::min(each.to, moment);
        found = std::max(found.value_or(reached), reached);
    }
    return found;
}

Result<RecoverySet> recovery_set(const std::vector<SetSource>& sources, std::string_view leading,
                                 std::optional<WallTime> wish) {
    const auto leads = std::ranges::find(sources, leading, &SetSource::component);
    if (leads == sources.end() || leads->windows.empty()) {
        return fail(ErrorCode::NotFound, "there is no finished backup of the database",
                    "no_backups");
    }
    const std::vector<Window> reachable = joined_windows(leads->windows);
    RecoverySet set;
    set.moment = wish.value_or(reachable.back().to);
    const bool is_reached =
        std::ranges::any_of(reachable, [&](const Window& each) { return each.has(set.moment); });
    if (!is_reached) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("the database cannot be brought back to {}; it can to {}",
                                format_rfc3339(set.moment), windows_text(reachable)),
                    "moment_unreachable");
    }
    for (const SetSource& each : sources) set.parts.push_back(part_of(each, set.moment));
    return set;
}

}  // namespace syncwatch::recovery
