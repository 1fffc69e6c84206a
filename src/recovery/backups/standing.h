#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "recovery/catalogue/survey.h"
#include "recovery/plan/plan.h"

namespace syncwatch::recovery {

/// What is known of a component besides the catalogue.
struct LiveFacts {
    std::string component;
    /// The moment that it would be brought back to now, where that is later than the newest
    /// backup's: a log follows.
    std::optional<WallTime> reaches;
    /// Backups that have no record, and how large each is: copies of the embedded database.
    std::map<BackupId, std::uint64_t> copies;
};

/// How a component stands, if everything were lost now.
struct Standing {
    std::string component;  ///< As the catalogue has it.
    std::string part;       ///< Whose objective it is held to: "database". Empty: it has none.
    /// What of it would be gone. nullopt: all of it.
    std::optional<std::chrono::seconds> loss;
    std::optional<std::chrono::seconds> promised_loss;
    /// How long bringing it back would take, as it did in the last restore test, for as much as
    /// there is now. nullopt: nobody ever tried.
    std::optional<std::chrono::milliseconds> time;
    std::optional<std::chrono::seconds> promised_time;
    WallTime backed_up{};  ///< When the newest backup was finished.
    WallTime verified{};   ///< When one was last found sound.
    WallTime restored{};   ///< When one was last restored in a test.
    bool damaged = false;  ///< The last look at one of its backups found damage.

    bool misses_loss() const { return promised_loss && (!loss || *loss > *promised_loss); }
    bool misses_time() const { return promised_time && time && *time > *promised_time; }

    bool operator==(const Standing&) const = default;
};

/// Of every component that is named by the facts, or that the catalogue has, by its name.
std::vector<Standing> standings(const Plan& plan, const Survey& survey,
                                const std::vector<LiveFacts>& live, WallTime now);

}  // namespace syncwatch::recovery
