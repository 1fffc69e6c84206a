#pragma once
#include <vector>

#include "base/async/async.h"
#include "base/uuid.h"

namespace syncwatch {

/// Where a node keeps that somebody signed out while the database cannot take it, until it can.
/// What is here was answered: it outlives the process and the machine's power. Bounded. Safe from
/// any thread. All pass tests/contract/sign_out_spool_contract.h.
class SignOutSpool {
public:
    virtual ~SignOutSpool() = default;

    /// Durable when it returns; again is no error. After an error it may be there or not.
    /// Errors: Unavailable (component "sign_outs"; reason "disk_full" where that is why).
    virtual Async<> keep(SessionId session) = 0;
    /// Also what an earlier process left.
    virtual std::vector<SessionId> waiting() const = 0;
    /// It ended in the database. After a crash it may be back.
    virtual Async<> done(SessionId session) = 0;
};

}  // namespace syncwatch
