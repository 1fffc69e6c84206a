#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "base/async/async.h"
#include "base/time.h"

namespace syncwatch {

/// What one node alone does for all, and which that is now: it holds the lease, and loses it when
/// it does not say so again in time. Nothing may rest on its being the only one: a node that was
/// stopped for a while does not know yet that its lease is over.
///
/// Errors of all calls: Unavailable (component "database"), Cancelled.
class LeaseStore {
public:
    virtual ~LeaseStore() = default;
    /// Takes the lease of that name, or keeps it, until `now` + `span`. False: another has it.
    virtual Async<bool> hold(std::string name, std::string holder, WallTime now,
                             std::chrono::seconds span) = 0;
    /// Who has it. nullopt: nobody has, or it is over.
    virtual Async<std::optional<std::string>> holder(std::string name, WallTime now) = 0;
    /// Gives it back; of somebody who has it not, nothing.
    virtual Async<> release(std::string name, std::string holder) = 0;
};

}  // namespace syncwatch
