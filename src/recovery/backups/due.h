#pragma once
#include <optional>
#include <string>
#include <vector>

#include "recovery/backups/component.h"
#include "recovery/catalogue/survey.h"
#include "recovery/plan/plan.h"

namespace syncwatch::recovery {

/// A backup that the plan wants now.
struct Due {
    std::string component;
    BackupKind kind = BackupKind::Full;
    WallTime since{};         ///< When it should have been begun.
    bool if_changed = false;  ///< Only where anything is not as in the last one.

    bool operator==(const Due&) const = default;
};

/// What of the plan is to be made now, of the components that can be. A run is due from each of its
/// times on until one was begun after it; a full one is as good as a differential. Nothing is due
/// that goes on all the time. Where there is no backup at all, one is due at once.
std::vector<Due> due(const Plan& plan, const Survey& survey,
                     const std::vector<BackupComponent*>& components, WallTime now);

/// Of these, what is so late that somebody has to hear of it: by a tenth of its period, but by a
/// quarter of an hour at least.
std::vector<Due> overdue(const Plan& plan, const Survey& survey,
                         const std::vector<BackupComponent*>& components, WallTime now);

/// What the plan wants of one component, whoever makes its backups.
struct Wanted {
    std::optional<WallTime> next;  ///< When the next run is due, or has been since. nullopt: it is
                                   ///< not made at given times.
    std::optional<WallTime> overdue;  ///< When one should have been begun that was not.
};
/// `kinds`: what can be made of it. Otherwise as due() and overdue().
Wanted wanted(const Plan& plan, const Survey& survey, const std::string& component,
              const std::vector<BackupKind>& kinds, WallTime now);

/// The components of which one is to be brought back in a test now: since the plan last wanted that
/// none was looked at as thoroughly as can be done here.
std::vector<std::string> tests_due(const Plan& plan, const Survey& survey,
                                   const std::vector<BackupComponent*>& components, WallTime now);

}  // namespace syncwatch::recovery
