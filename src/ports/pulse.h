#pragma once
#include "base/async/async.h"

namespace syncwatch {

/// A service outside that expects to be asked again and again, and calls somebody when it is not.
class Pulse {
public:
    virtual ~Pulse() = default;
    /// Once, within seconds: all is `well`, or is not. Of what is not well it may say nothing: that
    /// is heard as well. Errors: as Notifier's.
    virtual Async<> beat(bool well) = 0;
};

}  // namespace syncwatch
