#pragma once

namespace syncwatch {

/// True if the kernel knows that somebody (NTP) keeps the time of day in step.
bool is_clock_in_step();

}  // namespace syncwatch
