#include "adapters/system/thread_priority.h"

#include <sys/resource.h>

namespace syncwatch {

void step_back() {
    constexpr int kLast = 19;
    // Of the calling thread alone: 0 is that, and not the process.
    (void)::setpriority(PRIO_PROCESS, 0, kLast);
}

}  // namespace syncwatch
