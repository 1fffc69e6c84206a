#pragma once
#include "base/async/async.h"
#include "base/time.h"

namespace syncwatch {

/// A clock that all nodes of an installation can read, whatever their own show: what their rooms
/// have in common is told by it.
class TimeReference {
public:
    virtual ~TimeReference() = default;
    /// What it shows, at some moment of the call. Errors: Unavailable.
    virtual Async<WallTime> read() = 0;
};

}  // namespace syncwatch
