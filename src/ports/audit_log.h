#pragma once
#include <string>
#include <string_view>

#include "base/async/async.h"
#include "base/time.h"

namespace syncwatch {

/// One thing that matters afterwards. Never a secret in any of it.
struct AuditEntry {
    std::string actor;    ///< Id of a user, "operator" for the command line, "" for a stranger.
    std::string address;  ///< Where it came from; empty when nowhere.
    /// A stable dotted word: "session.started", "session.refused", "account.created",
    /// "account.deleted", "password.changed", "role.given", "member.kicked", "ban.made",
    /// "ban.lifted", "room.deleted", "video.deleted".
    std::string_view action;
    std::string subject;  ///< What it was done to: an id, a room's code, a name that was tried.
    std::string detail = {};
};

/// The audit log. Kept for a year (AccountService::tidy).
class AuditLog {
public:
    virtual ~AuditLog() = default;
    /// Durable when it returns. Whoever calls it has done the thing already: a failure is logged by
    /// the caller and changes nothing else.
    virtual Async<> record(AuditEntry entry) = 0;
    /// Removes entries older than `before`.
    virtual Async<> forget(WallTime before) = 0;
};

}  // namespace syncwatch
