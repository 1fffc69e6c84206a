#include "domain/playback/stamp.h"

#include <charconv>

#include <fmt/format.h>

namespace syncwatch {
namespace {

/// Reads digits and the dot behind them off the front of `text`.
template <class Number>
bool take_number(std::string_view& text, Number& out) {
    const char* end = text.data() + text.size();
    const auto [rest, failed] = std::from_chars(text.data(), end, out);
    if (failed != std::errc() || rest == end || *rest != '.' || out < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()) + 1);
    return true;
}

}  // namespace

std::string Stamp::text() const {
    return fmt::format("{}.{}.{}", wall_us, counter, node);
}

Result<Stamp> Stamp::parse(std::string_view text) {
    Stamp stamp;
    std::int64_t counter = 0;
    const bool numbers = take_number(text, stamp.wall_us) && take_number(text, counter);
    if (!numbers || counter > UINT32_MAX || text.empty()) {
        return fail(ErrorCode::InvalidInput, "not a stamp");
    }
    stamp.counter = static_cast<std::uint32_t>(counter);
    stamp.node = text;
    return stamp;
}

Stamp next_stamp(const Stamp& last, WallTime now, const std::string& node) {
    Stamp next;
    next.node = node;
    next.wall_us = to_micros(now);
    if (next.wall_us > last.wall_us) return next;
    next.wall_us = last.wall_us;
    next.counter = last.counter + 1;
    if (next.counter > Stamp::kMostCounter) {
        next.wall_us += 1;
        next.counter = 0;
    }
    return next;
}

Result<> check_not_ahead(const Stamp& stamp, WallTime now) {
    if (from_micros(stamp.wall_us) > now + Stamp::kMostAhead) {
        return fail(ErrorCode::Conflict, "a stamp from a clock that is ahead: " + stamp.text(),
                    "stamp_ahead");
    }
    return {};
}

}  // namespace syncwatch
