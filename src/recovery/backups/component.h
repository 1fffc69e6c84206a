#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "recovery/backups/progress.h"
#include "recovery/catalogue/record.h"
#include "recovery/catalogue/retention.h"

namespace syncwatch::recovery {

/// One component as `syncwatch backup` sees it: how its backups are made, looked at, and thrown
/// away. What it makes counts only when its record is in the catalogue, which others write.
///
/// Errors of all calls: Unavailable, Timeout, Cancelled.
class BackupComponent {
public:
    virtual ~BackupComponent() = default;

    /// As the catalogue has it: "pg", "redis", "config", "secrets".
    virtual const std::string& name() const = 0;
    /// What run() can make; all others stand on the first.
    virtual std::vector<BackupKind> kinds() const = 0;

    /// What tells a backup made now from another, and costs little: the `position` of its record.
    /// Empty: it is always worth one.
    virtual Async<std::string> fingerprint() { co_return std::string(); }

    struct Request {
        BackupId id;
        BackupKind kind = BackupKind::Full;
        BackupHistory history;  ///< Of this component, so far.
        TellProgress tell;
    };
    /// Makes one. When it returns all its bytes are durable, in a repository or where its engine
    /// keeps them. `previous`, `node` and `app_version` are left to whoever writes the record.
    /// Errors: Conflict (another run holds the engine), Corrupt (it was made, and is not whole).
    virtual Async<BackupRecord> run(Request request) = 0;

    using MakeId = std::function<BackupId(WallTime)>;
    /// What its engine keeps whole and no record tells of, the oldest first: others made it, or the
    /// catalogue was lost. `history` has the expired, too. As run(), without counts.
    virtual Async<std::vector<BackupRecord>> unrecorded(BackupHistory history, MakeId make_id) {
        (void)history;
        (void)make_id;
        co_return std::vector<BackupRecord>();
    }

    /// The most thorough look that can be taken here.
    virtual VerifyLevel deepest() const { return VerifyLevel::Restore; }
    /// Looks at one. What is wrong with it is a Verification that is not sound, and no error: an
    /// error is that nobody could look.
    virtual Async<Verification> verify(BackupRecord record, VerifyLevel level,
                                       TellProgress tell) = 0;

    /// The moments that can be brought back now.
    virtual Async<std::vector<Window>> windows(BackupHistory history) = 0;

    /// Removes what its engine keeps of backups that were expired in the catalogue. What lies below
    /// data() of their records is not its business.
    virtual Async<> forget(std::vector<BackupRecord> gone) = 0;
};

}  // namespace syncwatch::recovery
