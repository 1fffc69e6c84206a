#pragma once
#include <atomic>

#include "adapters/notify/caller.h"

namespace syncwatch::notify {

/// Once for the process, before the first call.
void begin_curl();

/// Makes the call, blocking; it ends early when `stopped`.
Result<WebAnswer> perform(const WebCall& call, const Caller::Options& options,
                          const std::atomic<bool>& stopped);
Result<> perform(const MailCall& call, const Caller::Options& options,
                 const std::atomic<bool>& stopped);

}  // namespace syncwatch::notify
