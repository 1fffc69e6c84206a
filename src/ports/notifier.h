#pragma once
#include "base/async/async.h"
#include "ports/notice.h"

namespace syncwatch {

/// A way to tell somebody something: a mail server, a chat, a service that wakes people.
class Notifier {
public:
    virtual ~Notifier() = default;
    /// Tells it once, within seconds; whether it was heard is known when it returns. After an error
    /// it may have been heard all the same: who tries again may say it twice.
    /// Errors: Unavailable (nobody answers, or not now: `retry_after`), Forbidden (it is answered
    /// that it may not, or is not understood), NotFound (the file of its secret), Timeout,
    /// Cancelled.
    virtual Async<> tell(Notice notice) = 0;
};

}  // namespace syncwatch
