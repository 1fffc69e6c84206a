#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "recovery/window/window.h"

namespace syncwatch::recovery {

/// What one component can be brought back to.
struct SetSource {
    std::string component;  ///< As the catalogue has it: "sqlite", "pg", "redis", "config", …
    std::vector<Window> windows;  ///< In any order; a snapshot is a moment.
    /// It is better of a later moment than not at all: settings.
    bool may_be_later = false;
};

/// One component in a recovery set.
struct SetPart {
    std::string component;
    /// What it comes back to; nullopt: nothing of it is early enough.
    std::optional<WallTime> as_of;
    /// It is of after the set's moment, as there was nothing before it.
    bool is_later = false;
    /// The newest of what there is, where that is left aside because it is of after the moment.
    std::optional<WallTime> newer;

    bool operator==(const SetPart&) const = default;
};

/// Components as of one moment: none is of a later one than the database, so that nothing refers to
/// what it does not know. What of the others was between their own moment and the set's is lost.
struct RecoverySet {
    WallTime moment{};
    std::vector<SetPart> parts;  ///< As the sources were named.

    /// nullptr: it is none of them.
    const SetPart* find(std::string_view component) const;
    /// What of a part is lost at most; nullopt: all of it.
    std::optional<std::chrono::microseconds> behind(const SetPart& part) const;

    bool operator==(const RecoverySet&) const = default;
};

/// The newest moment at or before `moment` that these windows reach; nullopt: none.
std::optional<WallTime> latest_until(const std::vector<Window>& windows, WallTime moment);

/// The set for `wish`, or, without one, for the newest moment that `leading`, the database, can be
/// brought back to. Errors: NotFound (reason "no_backups": there is nothing of it), InvalidInput
/// (reason "moment_unreachable": it has not that moment; the message says which it has).
Result<RecoverySet> recovery_set(const std::vector<SetSource>& sources, std::string_view leading,
                                 std::optional<WallTime> wish);

}  // namespace syncwatch::recovery
