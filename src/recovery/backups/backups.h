#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/clock.h"
#include "ports/random.h"
#include "recovery/backups/component.h"
#include "recovery/catalogue/catalogue.h"

namespace syncwatch::recovery {

/// What `syncwatch backup` does, of all components alike: makes backups, looks at them, lets them
/// expire, and keeps the catalogue of that. One call at a time.
///
/// Errors of all calls: NotFound (no such component, or backup), Unavailable, Timeout, Cancelled.
class Backups {
public:
    struct Powers {
        Catalogue& catalogue;
        std::vector<BackupComponent*> components;
        Clock& clock;
        Random& random;
        std::string node;  ///< Who makes them.
        std::string app_version;
    };
    /// All of `powers` outlive it.
    explicit Backups(Powers powers) : powers_(std::move(powers)) {}

    const std::vector<BackupComponent*>& components() const { return powers_.components; }
    Catalogue& catalogue() { return powers_.catalogue; }

    struct Order {
        std::string component;
        /// nullopt: a full one where there is none yet, or else the lightest that it can make.
        std::optional<BackupKind> kind;
        bool even_unchanged = false;  ///< Also where nothing changed since the last.
    };
    struct Made {
        StoredRecord stored;
        bool is_new = true;            ///< False: nothing changed, it is the last one.
        std::vector<Trouble> missing;  ///< Where it is not yet.
    };
    /// Makes a backup and enters it. Errors: also InvalidInput (a kind that it cannot make),
    /// Conflict, Corrupt (as BackupComponent::run()).
    Async<Made> run(Order order, TellProgress tell);

    struct Adopted {
        std::vector<BackupRecord> records;  ///< The oldest first.
        std::vector<Trouble> missing;       ///< Where they are not yet.
    };
    /// Enters what the component's engine keeps and the catalogue does not know; without `for_real`
    /// it only says what that is. Done again it finds nothing.
    Async<Adopted> adopt(std::string component, bool for_real);

    struct Looked {
        StoredRecord stored;
        Verification verification;
        std::vector<Trouble> missing;  ///< Where the result is not yet.
        std::vector<Trouble> unheld;   ///< Where it might have expired meanwhile.
    };
    /// Looks at a backup and enters what was found. It does not expire meanwhile, whoever wants it
    /// to. Errors: NotFound also where it has expired and could not be removed yet.
    Async<Looked> verify(BackupId backup, VerifyLevel level, TellProgress tell);

    struct Expired {
        Expiry expiry;
        std::vector<Trouble> left;  ///< What could not be removed.
    };
    /// What a component's backups may do without; `for_real`: removed, too. Errors: also Conflict
    /// (reason "held": somebody began to read them meanwhile; they go with the next call).
    Async<Expired> expire(std::string component, Retention retention, bool for_real);

private:
    Result<BackupComponent*> find(const std::string& component) const;
    /// What was expired before and is still there: a place was away, or somebody read.
    net::awaitable<void> remove_left(BackupComponent* engine, Survey survey);
    Async<std::optional<StoredRecord>> unchanged(BackupComponent* component, Survey survey);
    Async<StoredRecord> record_of(BackupId backup);
    Async<Looked> look(BackupId backup, VerifyLevel level, TellProgress tell);

    const Powers powers_;
};

/// The backup of a component that was looked at longest ago, or never, so that with every turn all
/// are looked at, the oldest look first. Only looks that were as thorough as `level` count.
/// nullopt: there is none.
std::optional<BackupId> longest_unseen(const Survey& survey, const std::string& component,
                                       VerifyLevel level);

}  // namespace syncwatch::recovery
