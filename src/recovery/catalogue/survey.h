#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "recovery/catalogue/chain.h"
#include "recovery/catalogue/hold.h"
#include "recovery/catalogue/record.h"
#include "recovery/catalogue/retention.h"
#include "recovery/catalogue/shelves.h"

namespace syncwatch::recovery {

/// A record, and the places that have it.
struct Catalogued {
    StoredRecord stored;
    std::vector<std::string> places;
    /// It was expired, and is still where it could not be removed.
    bool is_expired = false;

    const BackupRecord& record() const { return stored.record; }
};

/// All that the repositories say together.
struct Survey {
    std::vector<Catalogued> backups;  ///< By component, and the oldest first.
    std::vector<Verification> verifications;
    std::set<BackupId> pinned;
    std::vector<Hold> holds;  ///< Of who reads now.
    std::vector<ExpiryNote> expired;
    std::vector<Trouble> damaged;      ///< Objects that cannot be believed, by their names.
    std::vector<BackupId> unreadable;  ///< Records of which no copy can.
    std::vector<Trouble> away;         ///< Places of which nothing is known now.
    std::vector<Trouble> missing;      ///< What one place has and the other has not.
    /// What is there by its name, and was not listed. Whatever else is not, nothing should be
    /// removed for.
    std::vector<Trouble> unlisted;

    /// nullptr: there is none.
    const Catalogued* find(BackupId id) const;
    std::set<std::string> components() const;
    std::vector<BackupRecord> records_of(std::string_view component) const;
    /// What expire() is to decide about: without what was expired before.
    BackupHistory history_of(std::string_view component) const;
    /// What each component can be brought back to.
    std::map<std::string, std::vector<Window>> windows() const;
    /// What was taken away, or changed, without a command of ours.
    std::vector<ChainFault> chain_faults() const;
    /// All that cannot be believed: what is damaged, was changed, or was taken away. Of one
    /// component what its own records are concerned in; empty: of all.
    std::vector<Trouble> faults(std::string_view component = {}) const;
};

}  // namespace syncwatch::recovery
