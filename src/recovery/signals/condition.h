#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ports/notice.h"
#include "recovery/backups/rounds.h"
#include "recovery/postgres/followed_log.h"

namespace syncwatch::recovery {

/// Something that is wrong with backups, as somebody has to hear of it.
struct Condition {
    std::string key;  ///< The same as long as it is the same: "backup.pg.overdue".
    Severity severity = Severity::Warning;
    std::string component;
    std::string what;  ///< One line.
    std::string next;  ///< What to do now.
    std::string doc;
    WallTime since{};
    /// It may pass by itself within minutes: nobody is told yet, and nobody that it is over.
    bool is_fresh = false;

    bool operator==(const Condition&) const = default;
};

/// All that is wrong now.
struct Observed {
    std::vector<Condition> standing;
    /// False: there may be more, and what was told before may still be so.
    bool is_whole = false;
};

/// What the rounds of backups say. nullopt: another node makes them, and says it.
std::optional<Observed> observe(const Plan& plan, const RoundsStatus& rounds, WallTime now);

/// The changes of an embedded database are not brought to the repository since then. `words`: why.
Condition log_is_behind(std::string words, WallTime since, WallTime now);

/// PostgreSQL's log is not streamed into the places, or lags there, since then. `words`: how, and
/// what to do.
Condition stream_falls_behind(LogFault words, WallTime since, WallTime now);
/// The server keeps too much of it meanwhile, since then.
Condition stream_piles_up(LogFault words, WallTime since);

/// Whether all is well, as far as a service outside should hear: nothing is wrong, and the last
/// round was not so long ago that another should have ended.
bool is_well(const Observed& observed, const RoundsStatus& rounds, WallTime now);

}  // namespace syncwatch::recovery
