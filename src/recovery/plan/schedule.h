#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace syncwatch::recovery {

/// When something is due, as a plan says it: "continuous", "on change", "hourly", "hourly :15",
/// "every 15m", "daily 02:00", "Sun 02:00". Times of day are UTC, so that no hour is missed or
/// doubled twice a year.
class Schedule {
public:
    /// nullopt: it is none of these.
    static std::optional<Schedule> parse(std::string_view text);

    const std::string& text() const { return text_; }
    /// At given times; otherwise as things happen.
    bool is_timed() const { return period_.count() > 0; }
    /// Whenever something changed.
    bool is_on_change() const { return text_ == "on change"; }
    /// From one time to the next; zero if it is not timed.
    std::chrono::seconds period() const { return period_; }
    /// The newest time at which it was due, `now` included; the next one is a period later. Only of
    /// timed ones.
    WallTime last_due(WallTime now) const;
    WallTime next_due(WallTime now) const { return last_due(now) + period_; }

    bool operator==(const Schedule&) const = default;

private:
    Schedule(std::string_view text, std::chrono::seconds period, std::chrono::seconds offset)
        : text_(text), period_(period), offset_(offset) {}

    std::string text_;
    std::chrono::seconds period_;
    std::chrono::seconds offset_;  ///< Of its times since the Unix epoch, less than a period.
};

}  // namespace syncwatch::recovery
