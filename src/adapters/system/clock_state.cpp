#include "adapters/system/clock_state.h"

#include <sys/timex.h>

namespace syncwatch {

bool is_clock_in_step() {
    timex facts{};
    return ::adjtimex(&facts) != TIME_ERROR && (facts.status & STA_UNSYNC) == 0;
}

}  // namespace syncwatch
